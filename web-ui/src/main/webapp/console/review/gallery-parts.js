// Parts of the gallery's page around its grid. They are given the page.
import { html, nothing } from 'lit';
import '../gl-boxes.js';
import { count, counted, field, tone } from '../ui.js';
import './gl-crop.js';
import { pretty } from './keys.js';

export const ORDERS = [['lowest', 'Lowest score first'], ['highest', 'Highest score first'], ['unlike', 'Least like the others first']];
/** An action, done. */
export const DONE = { accept: 'accepted', reject: 'rejected' };

/** What is shown, and in which order. */
export function filters(page) {
  const { dataset, category, order, least, most } = page.wanted;
  const score = (name, label, value, hint) => field(label, html`<input class="short" type="number" name=${name} min="0" max="1" step="0.01" placeholder=${hint} .value=${value}
    @change=${(event) => page.change({ [name]: event.target.value })}>`, { error: page.problem?.of?.(name) });
  return html`<form class="card row upper filters" @submit=${(event) => event.preventDefault()}>
    ${field('Dataset', html`<select name="dataset" @change=${(event) => page.change({ dataset: Number(event.target.value) })}>
      ${page.datasets.map(({ id, name }) => html`<option value=${id} ?selected=${id === dataset}>${name}</option>`)}</select>`)}
    ${field('Category', html`<select name="category" ?disabled=${!page.categories?.length} @change=${(event) => page.change({ category: event.target.value })}>
      ${(page.categories ?? []).map((one) => html`<option value=${one.category} ?selected=${one.category === category}>${one.category} (${count(one.open)}${one.more ? ' and more' : ''})</option>`)}</select>`)}
    ${field('Order', html`<select name="order" @change=${(event) => page.change({ order: event.target.value })}>
      ${ORDERS.map(([value, label]) => html`<option value=${value} ?selected=${value === order}>${label}</option>`)}</select>`)}
    ${score('least', 'Score from', least, '0')}${score('most', 'Score to', most, '1')}
  </form>`;
}

/** What the server did not take. */
export function troubles(page) {
  // The first can be settled by a key.
  const key = (index, id) => (index === 0 ? html` <kbd>${pretty(page.keys.keyOf(id))}</kbd>` : nothing);
  return page.outbox.entries().filter((entry) => entry.trouble).map((entry, index) => {
    const { detail, current } = entry.trouble;
    const boxes = current?.boxes ?? [];
    const mine = new Map((entry.body.boxes ?? []).map((box) => [box.annotation, DONE[box.action]]));
    const shown = (entry.shown ?? []).filter(({ annotation }) => boxes.some((box) => box.annotation === annotation)).slice(0, 12);
    const undo = entry.kind === 'undo';
    return html`<section class="card stack conflict" role="region" aria-label="Conflict">
      <div><h2>${current ? `Somebody else was there first: ${counted(boxes.length, 'box', 'boxes')}` : 'The server does not take this'}</h2>
        <p role="alert">${current ? undo ? 'What you wanted to take back was changed since, and stays as it is.' : 'They are not what you saw, so nothing was done about them. The rest is saved.' : detail}</p></div>
      ${shown.length ? html`<ul class="grid small-crops">${shown.map((crop) => html`<li class="stack tight"><gl-crop .crop=${crop} .size=${{ width: 120, height: 96 }}></gl-crop>
        <span class="small">yours: ${mine.get(crop.annotation)}<br>now: ${boxes.find((box) => box.annotation === crop.annotation).status.toLowerCase()}</span></li>`)}</ul>` : nothing}
      <div class="row"><button class="button" data-stand="theirs" @click=${() => { page.deciding.letStand(entry); page.grid?.focus(); }}>${!current ? 'Give mine up' : undo ? 'I have seen it' : 'Let theirs stand'}${key(index, 'theirs')}</button>
        ${current && !undo ? html`<button class="button primary" data-stand="mine" @click=${() => { page.deciding.insist(entry); page.grid?.focus(); }}>Let mine stand${key(index, 'mine')}</button>` : nothing}</div>
    </section>`;
  });
}

/** The image of the crop at the cursor. */
export function whole(page, close) {
  const crop = page.crops.at(page.chosen.cursor);
  const box = { ...crop, id: crop.annotation, category: page.wanted.category, look: tone(page.wanted.category) };
  return html`<div class="stack"><div class="row spread"><h2 id="asked">${page.describe(crop)}</h2><div class="row"><a class="button" href="/images/${crop.image}" target="_blank">All about this image</a>
      <button class="button primary" autofocus @click=${close}>Close</button></div></div>
    <gl-boxes large src="/api/images/${crop.image}/picture" alt="The whole image" .width=${crop.imageWidth} .height=${crop.imageHeight} .boxes=${[box]} .chosen=${crop.annotation}></gl-boxes></div>`;
}
