// The grid of the gallery's page: rows of crops, of which only those in sight are drawn. Functions that draw are given the page.
import { html, nothing } from 'lit';
import { repeat } from 'lit-html/directives/repeat.js';
import { count, counted, percent } from '../ui.js';
import { GONE } from './crops.js';
import { MOST } from './deciding.js';
import { DONE } from './gallery-parts.js';
import './gl-crop.js';
import { pretty } from './keys.js';
import * as selection from './selection.js';

const NARROWEST = 150;
const CAPTION = 30;
/** Left and right of the grid, together. */
export const PADDING = 12;
/** Rows that are drawn before and after those that are seen. */
const BEYOND = 2;

/** How many columns and rows there are, and how large a crop and a row is, in pixels. */
export function layout(view, total) {
  const columns = Math.max(1, Math.floor(view.width / NARROWEST));
  const width = Math.floor(view.width / columns);
  const height = Math.round((width - 12) * 0.8);
  return { columns, size: { width: width - 12, height }, tall: height + CAPTION + 12, rows: Math.ceil(total / columns) };
}

/** The rows that are drawn, [first, last]. */
export function drawn({ tall, rows }, view, top) {
  return [Math.max(0, Math.floor(top / tall) - BEYOND), Math.min(rows - 1, Math.ceil((top + view.height) / tall) + BEYOND)];
}

/** What is chosen, and what can be done about it. */
export function tools(page) {
  const places = selection.chosen(page.chosen);
  const tool = (id, text, look = '') => html`<button class="button ${look}" data-action=${id} @click=${() => { page.act(id); page.grid?.focus(); }}>${text} <kbd>${pretty(page.keys.keyOf(id))}</kbd></button>`;
  return html`<div class="row spread"><p class="row"><span class="badge" id="total">${counted(page.crops.total, 'crop')}</span>
      <span id="chosen">${places.length ? `${count(places.length)} chosen` : html`<span class="quiet">None chosen: keys act on the one with the frame.</span>`}</span>
      ${page.chosen.full ? html`<span class="badge warn">No more than ${count(MOST)} go at once</span>` : nothing}</p>
    <div class="row" role="toolbar" aria-label="Decide">${tool('accept', 'Accept')}${tool('reject', 'Reject')}${tool('undo', 'Undo')}${tool('redo', 'Redo')}${tool('look', 'Look')}${tool('fresh', 'Put away')}</div></div>`;
}

/** The crops in rows, of which those in sight are drawn. */
export function cells(page) {
  const { columns, size, tall, rows } = page.layout;
  const [first, last] = page.drawn;
  const state = page.deciding.states();
  const { cursor } = page.chosen;
  const row = Math.floor(cursor / columns);
  const numbers = page.view.width ? Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i) : [];
  const ofRow = (number) => Array.from({ length: Math.min(columns, page.crops.total - number * columns) }, (_, i) => number * columns + i);
  return html`<div class="gallery card" role="grid" tabindex="0" aria-label="Open proposals of ${page.wanted.category}" aria-multiselectable="true" aria-rowcount=${rows} aria-colcount=${columns}
      aria-activedescendant=${row >= first && row <= last && page.view.width ? `crop-${cursor}` : nothing} @scroll=${(event) => page.scrolled(event)}>
    <div class="rows" role="presentation" .style=${`height: ${rows * tall}px`}>${repeat(numbers, (number) => number, (number) => html`
      <div class="line" role="row" aria-rowindex=${number + 1} .style=${`height: ${tall}px; transform: translateY(${number * tall}px); grid-template-columns: repeat(${columns}, 1fr)`}>
        ${repeat(ofRow(number), (place) => place, (place) => cell(page, place, size, state))}</div>`)}</div>
  </div>`;
}

function cell(page, place, size, state) {
  const crop = page.crops.at(place);
  const chosen = selection.isChosen(page.chosen, place);
  const done = crop?.bbox ? state(crop.annotation) : null;
  const cursor = place === page.chosen.cursor;
  const name = !crop ? 'being read' : crop === GONE ? 'decided meanwhile' : page.describe(crop);
  return html`<div class="cell ${cursor ? 'cursor' : ''}" role="gridcell" id="crop-${place}" aria-selected=${chosen} aria-label=${name}
      data-annotation=${crop?.annotation ?? nothing} data-state=${done ? done.action ?? 'open' : nothing} data-phase=${done?.phase ?? nothing}
      @click=${(event) => page.click(event, place)} @dblclick=${() => page.act('look')}>
    ${crop?.bbox ? html`<gl-crop .crop=${crop} .size=${size}></gl-crop>` : html`<span class="blank" .style=${`height: ${size.height}px`}>${crop === GONE ? 'decided meanwhile' : ''}</span>`}
    <span class="caption"><span>${crop?.bbox ? percent(crop.score ?? 0) : ''}${chosen ? ' ✓' : ''}</span>${done ? mark(done) : nothing}</span>
  </div>`;
}

function mark({ action, phase }) {
  const word = { saving: `${DONE[action] ?? ''}…`, undoing: 'undoing…', conflict: 'conflict', saved: DONE[action] }[phase];
  return html`<span class="badge ${phase === 'conflict' ? 'warn' : action === 'reject' ? 'bad' : 'good'}">${word}</span>`;
}
