// The parts of the page of a review queue that show an image and its boxes. They are given the page.
import { html, nothing } from 'lit';
import { badge, counted, percent, tone } from '../ui.js';
import './box-editor.js';
import { ACTIONS, pretty } from './keys.js';
import * as marks from './marks.js';

const TOOLS = { 'zoom-in': 'Closer', 'zoom-out': 'Farther', fit: 'Fit', 'zoom-box': 'To the box', undo: 'Undo', redo: 'Redo', comment: 'Comment', skip: 'Skip', accept: 'Accept', reject: 'Reject', relabel: 'Relabel' };
const label = (id) => ACTIONS.find((action) => action.id === id).label;

/** The image at hand, its boxes, and what can be done about them. */
export function item(page) {
  const { item: { image, place, reason, answers }, boxes, comment } = page.sitting.shown;
  const undecided = boxes.filter(marks.isUndecided).length;
  const faint = new Set(boxes.filter((box) => marks.isUndecided(box) && !marks.isAbove(box, page.sliders)).map((box) => box.key));
  return html`
    <p class="row"><span class="badge" id="place">${answers ? 'last word' : `image ${place} of ${page.shown.items}`}</span><span class="quiet">${reason}</span>
      ${comment ? html`<span class="badge info">commented</span>` : nothing}</p>
    <div class="side review">
      <div class="stack tight">
        <box-editor .src=${`/api/images/${image.id}/picture`} .width=${image.width} .height=${image.height} .boxes=${boxes} .answers=${answers ?? []} .chosen=${page.chosen}
          .faint=${faint} .drawing=${page.drawing} label="${image.fileName} with ${counted(boxes.length, 'box', 'boxes')}"
          @choose=${(event) => page.choose(event.detail)} @draw=${(event) => page.drawn(event.detail.bbox)}
          @place=${(event) => page.sitting.edit(marks.place(boxes, event.detail.key, event.detail.bbox))}></box-editor>
        <div class="row tools" role="toolbar" aria-label="View and boxes">
          ${['zoom-out', 'fit', 'zoom-in', 'zoom-box'].map((id) => tool(page, id))}
          <button class="button" aria-pressed=${page.drawing} @click=${() => page.act('draw')}>Draw <kbd>${page.keys.keyOf('draw')}</kbd></button>
          ${['undo', 'redo', 'comment', 'skip'].map((id) => tool(page, id))}
        </div>
      </div>
      <aside class="stack">
        ${answers ? said(page, answers) : nothing}
        <section class="card stack tight">
          <div class="row spread"><h2>${counted(boxes.length, 'box', 'boxes')}</h2><span class="quiet small">${undecided ? `${undecided} undecided` : 'all decided'}</span></div>
          <div class="row">${['accept', 'reject', 'relabel'].map((id) => tool(page, id))}</div>
          <div class="choices">${boxes.map((box) => html`
            <button aria-pressed=${box.key === page.chosen} data-key=${box.key} @click=${() => page.choose(box.key)}>
              <span class="swatch ${tone(box.category)}"></span><span class="grow">${box.category}</span>
              ${box.score == null ? nothing : html`<span class="quiet">${percent(box.score)}</span>`}
              ${stateBadge(box)}</button>`)}</div>
        </section>
        <section class="card stack tight"><div class="row spread"><h2>Least score</h2><span class="quiet small"><kbd>${pretty(page.keys.keyOf('slider-down'))}</kbd> <kbd>${pretty(page.keys.keyOf('slider-up'))}</kbd> for the chosen box's</span></div>
          ${[...new Set(boxes.filter((box) => box.score != null).map((box) => box.category))].sort().map((category) => html`
            <label class="field"><span>${category}</span><span class="slider">
              <input type="range" min="0" max="1" step="0.01" .value=${String(page.sliders[category] ?? 0)} @input=${(event) => { page.sliders = { ...page.sliders, [category]: Number(event.target.value) }; }}>
              <output>${percent(page.sliders[category] ?? 0)}</output></span></label>`)}
          <div class="row">${tool(page, 'accept-above', 'Accept above')}${tool(page, 'reject-below', 'Reject below')}</div>
        </section>
        <div class="stack tight">
          <button class="button primary" @click=${() => page.act('save')}>${undecided ? `Save, ${undecided} left open` : 'Save and go on'} <kbd>${page.keys.keyOf('save')}</kbd></button>
          ${undecided ? html`<button class="button" @click=${() => page.act('accept-rest')}>Accept the rest and go on <kbd>${page.keys.keyOf('accept-rest')}</kbd></button>` : nothing}
        </div>
      </aside>
    </div>`;
}

/** What each of those said who differ. They have letters, so that it does not matter who they are. */
function said(page, answers) {
  return html`<section class="card stack tight" id="answers"><h2>What they said</h2>
    ${answers.map(({ name, boxes }, i) => html`<div class="row spread nowrap" data-answer=${name}>
      <span><strong class="badge answer-${i}">${name}</strong> ${boxes.length ? `${counted(boxes.length, 'box', 'boxes')}: ${boxes.map(({ category }) => category).sort().join(', ')}` : 'nothing is there'}</span>
      <button class="button" @click=${() => page.take(name)}>Take ${name} ${i < 2 ? html`<kbd>${pretty(page.keys.keyOf(`take-${name.toLowerCase()}`))}</kbd>` : nothing}</button></div>`)}
    <p class="quiet small">The boxes on the image are as they are now. What you leave is the answer.</p></section>`;
}

function stateBadge(box) {
  const state = marks.state(box);
  if (state) {
    return html`<span class="badge ${state === 'rejected' ? 'bad' : 'good'}">${state}</span>`;
  }
  return box.open ? html`<span class="badge warn">open</span>` : badge(box.status);
}

function tool(page, id, text = TOOLS[id]) {
  return html`<button class="button" data-action=${id} title=${label(id)} @click=${() => page.act(id)}>${text} <kbd>${pretty(page.keys.keyOf(id))}</kbd></button>`;
}
