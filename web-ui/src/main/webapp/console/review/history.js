// What was decided about an image, as its page shows it: who, when, what, and what was before and after.
import { html, nothing } from 'lit';
import { at, counted } from '../ui.js';

const DONE = { accept: 'accepted', reject: 'rejected', relabel: 'relabelled', move: 'placed anew', draw: 'drawn', keep: 'left open', restore: 'restored' };
const DID = { decide: 'decided', skip: 'skipped the image', undo: 'took it back' };
const ORIGINS = { console: '', api: 'by the REST interface', 'label-studio': 'in Label Studio', cvat: 'in CVAT' };

const px = (number) => String(Math.round(number * 10) / 10);
const place = ([x, y, width, height]) => `x ${px(x)}, y ${px(y)}, ${px(width)} × ${px(height)}`;
const same = (a, b) => a.every((value, i) => value === b[i]);

/**
 * What a decision did to a box, in words; the place only where it is not the same before and after.
 * @returns {{what: string, before: string, after: string}}
 */
export function change({ action, before = null, after = null }) {
  const placed = !before || !after || !same(before.bbox, after.bbox);
  const words = (state) => (state ? [state.category ?? 'a category that is gone', state.status.toLowerCase(), ...(placed ? [place(state.bbox)] : [])].join(', ') : 'no box');
  return { what: DONE[action] ?? action, before: words(before), after: words(after) };
}

/** The entries, newest first, and a button where there are more. */
export function historyCard(entries, next, onMore) {
  return html`<section class="card flush" id="history"><header><h2>History</h2>
      <p class="quiet small">What was decided about this image, newest first. Nothing of it can be changed.</p></header>
    ${entries.length === 0 ? html`<p class="empty">Nobody has decided about it yet.</p>` : html`<ol class="history">${entries.map(entry)}</ol>`}
    ${next ? html`<div class="body"><button class="button" @click=${onMore}>Load more</button></div>` : nothing}</section>`;
}

function entry({ counts, decision }) {
  const { id, reviewer, action, decidedAt, origin, undoes, comment, reason, boxes } = decision;
  return html`<li class="stack tight" data-decision=${id}>
    <p class="row tight"><strong>${reviewer}</strong> ${DID[action]}<time class="quiet small" datetime=${decidedAt}>${[at(decidedAt), ORIGINS[origin] ?? origin].filter(Boolean).join(', ')}</time>
      ${counts ? nothing : html`<span class="badge">check or second opinion: no box was changed</span>`}
      <span class="quiet small">entry ${id}${undoes ? `, takes back entry ${undoes}` : ''}</span></p>
    ${reason ? html`<p class="small">Why: ${reason}</p>` : nothing}
    ${comment ? html`<blockquote>${comment}</blockquote>` : nothing}
    ${boxes.length === 0 ? nothing : html`<details ?open=${boxes.length <= 12}><summary>${counted(boxes.length, 'box', 'boxes')}</summary><div class="scroll"><table>
      <thead><tr><th>What</th><th>Before</th><th>After</th></tr></thead>
      <tbody>${boxes.map((box) => { const { what, before, after } = change(box); return html`<tr><td>${what}</td><td>${before}</td><td>${after}</td></tr>`; })}</tbody></table></div></details>`}
  </li>`;
}
