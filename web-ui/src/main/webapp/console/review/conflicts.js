// What the server did not take of a review queue. It is given the page.
import { html, nothing } from 'lit';
import '../gl-boxes.js';
import { tone } from '../ui.js';
import { pretty } from './keys.js';
import * as marks from './marks.js';

/** What the server did not take. Both states are shown; the reviewer says which one stands. */
export function conflicts(page) {
  const entries = page.outbox.entries().filter((entry) => entry.trouble);
  // The first can be settled by a key.
  const key = (index, id) => (index === 0 ? html` <kbd>${pretty(page.keys.keyOf(id))}</kbd>` : nothing);
  return entries.map((entry, index) => {
    const { detail, current } = entry.trouble;
    // What this browser kept before it kept the image of every undo has none.
    const image = entry.image ?? current?.image ?? null;
    const name = image?.fileName ?? 'an image';
    const mine = (entry.shown ?? []).map((box) => ({ ...box, id: box.key, text: `${box.category}${marks.state(box) ? `, ${marks.state(box)}` : ''}`, look: `${tone(box.category)} ${box.mark === 'reject' ? 'dropped' : ''}` }));
    const theirs = (current?.boxes ?? []).map((box) => ({ ...box, id: box.annotation, text: `${box.category}, ${box.status.toLowerCase()}`, look: `${tone(box.category)} ${box.status === 'REJECTED' ? 'dropped' : ''}` }));
    const taken = current && current.reviewer && current.reviewer !== page.reviewer && ['DONE', 'SKIPPED', 'CLAIMED'].includes(current.status);
    return html`<section class="card stack conflict" role="region" aria-label="Conflict about ${name}">
      <div><h2>${current ? 'Somebody else was there first' : 'The server does not take this'}: ${name}</h2><p role="alert">${detail}</p></div>
      ${current && image ? html`<div class="pair">
        ${entry.kind === 'decide' ? side('Yours', image, mine) : html`<p>Yours: ${entry.kind === 'skip' ? `skip, ${entry.body.reason}` : 'undo'}</p>`}
        ${side(current.reviewer && taken ? `As ${current.reviewer} has it` : 'As it is now', image, theirs)}</div>` : nothing}
      <div class="row">
        <button class="button" data-stand="theirs" @click=${() => page.letStand(entry)}>${current ? 'Let theirs stand' : 'Give mine up'}${key(index, 'theirs')}</button>
        <button class="button primary" data-stand="mine" @click=${() => page.insist(entry, taken)}>${taken ? 'Try mine again' : 'Let mine stand'}${key(index, 'mine')}</button>
        ${taken ? html`<span class="quiet">Only ${current.reviewer} can take that back. Yours is kept here until you decide.</span>` : nothing}
      </div>
    </section>`;
  });
}

function side(title, image, boxes) {
  return html`<figure class="stack tight"><figcaption><h3>${title}</h3></figcaption>
    <gl-boxes large src="/api/images/${image.id}/picture" alt="${title}: ${boxes.map((box) => box.text).join('; ')}" .width=${image.width} .height=${image.height} .boxes=${boxes}></gl-boxes></figure>`;
}
