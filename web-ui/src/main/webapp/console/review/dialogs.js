// What the page of a review queue asks in dialogs: a category, a reason, a comment; and its keys. They are given the page.
import { html, nothing } from 'lit';
import { tone } from '../ui.js';
import './gl-keys.js';
import * as marks from './marks.js';

const REASONS = ['I am not sure', 'The image cannot be made out', 'It does not belong here'];

/** The dialog that the page asks with. */
export function dialog(page) {
  const close = () => page.answer(null);
  return html`<dialog class="card ${page.asking === 'help' ? 'wide' : ''}" aria-labelledby="asked" @cancel=${(event) => { event.preventDefault(); close(); }}>
    ${{ relabel: () => relabelling(page), skip: () => skipping(page), comment: () => commenting(page), help: () => html`<gl-keys .keys=${page.keys} @close=${close}></gl-keys>` }[page.asking]()}
  </dialog>`;
}

function relabelling(page) {
  const found = marks.matching(page.categories, page.typed === page.box?.category ? '' : page.typed).slice(0, 12);
  if (page.typed && found.includes(page.typed)) {
    found.unshift(...found.splice(found.indexOf(page.typed), 1));
  }
  const pick = (category) => page.answer(() => {
    page.lastCategory = category;
    page.sitting.edit(marks.relabel(page.boxes, page.chosen, category));
    page.choose(page.chosen);
  });
  const press = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      page.marked = (page.marked + step + found.length) % found.length;
    } else if (event.key === 'Enter' && found.length) {
      event.preventDefault();
      // The Enter that drew the box may still be held.
      if (event.repeat) {
        return;
      }
      pick(found[Math.min(page.marked, found.length - 1)]);
    }
  };
  return html`<div class="stack tight"><h2 id="asked">Category</h2>
    <input type="text" autofocus role="combobox" aria-label="Find a category" aria-expanded="true" aria-controls="found" autocomplete="off"
      aria-activedescendant=${found.length ? `found-${page.marked}` : nothing} .value=${page.typed}
      @input=${(event) => { page.typed = event.target.value; page.marked = 0; }} @keydown=${press}>
    <ul class="found" id="found" role="listbox" aria-label="Categories">${found.map((name, i) => html`<li role="option" id="found-${i}" aria-selected=${i === page.marked} @click=${() => pick(name)}>
      <span class="swatch ${tone(name)}"></span>${name}</li>`)}</ul>
    ${found.length ? nothing : html`<p class="quiet">The project has no such category. A labeling run makes those it asks for.</p>`}</div>`;
}

function skipping(page) {
  const skip = (reason) => page.answer(() => { page.sitting.skip(reason); page.chooseFirst(); page.said = 'Skipped.'; });
  return html`<form @submit=${(event) => { event.preventDefault(); skip(page.typed.trim()); }}>
    <h2 id="asked">Skip this image</h2>
    <label class="field"><span>Why</span><input type="text" autofocus required maxlength="2000" .value=${page.typed} pattern=".*\\S.*" @input=${(event) => { page.typed = event.target.value; }}></label>
    <div class="stack tight">${REASONS.map((reason) => html`<button type="button" class="button" @click=${() => skip(reason)}>${reason}</button>`)}</div>
    <div class="row end"><button type="button" class="button plain" @click=${() => page.answer(null)}>Cancel</button><button class="button primary">Skip</button></div></form>`;
}

function commenting(page) {
  const keep = () => page.answer(() => page.sitting.comment(page.typed.trim()));
  return html`<form @submit=${(event) => { event.preventDefault(); keep(); }}>
    <h2 id="asked">Comment</h2>
    <label class="field"><span>It goes with the decision</span><textarea autofocus rows="3" maxlength="2000" .value=${page.typed} @input=${(event) => { page.typed = event.target.value; }}
      @keydown=${(event) => { if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); keep(); } }}></textarea></label>
    <div class="row end"><button type="button" class="button plain" @click=${() => page.answer(null)}>Cancel</button><button class="button primary">Keep</button></div></form>`;
}
