import { html, nothing, svg } from 'lit';
import { api } from '../api.js';
import { datasetHead } from '../dataset-tabs.js';
import { Page, at, count, counted, percent, problemNote, tone } from '../ui.js';

const standing = (row) => row.imported + row.proposed + row.accepted + row.corrected;
const taken = (row) => row.accepted + row.corrected;
/** Of what reviewers decided, the share that they took, as it was or corrected; null where they decided about nothing. */
const acceptance = (row) => (taken(row) + row.rejected ? taken(row) / (taken(row) + row.rejected) : null);
const COLUMNS = [
  ['Category', (row) => row.category], ['Boxes', standing], ['Imported', (row) => row.imported], ['Proposed', (row) => row.proposed],
  ['Accepted', (row) => row.accepted], ['Corrected', (row) => row.corrected], ['Rejected', (row) => row.rejected], ['Taken', acceptance],
];
const SIZES = [['small', 'small'], ['medium', 'medium'], ['large', 'large']];
/** More categories than this get a box to find them by. */
const FEW = 12;

/** How a dataset's boxes are spread over its categories. */
class Categories extends Page {
  static properties = { dataset: { attribute: false }, shown: { state: true }, counted: { state: true }, sort: { state: true }, typed: { state: true } };

  constructor() {
    super();
    this.sort = { column: 1, up: false };
    this.typed = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.load();
  }

  load() {
    this.attempt(async () => {
      [this.shown, this.counted] = await Promise.all([api(`datasets/${this.dataset}`), api(`datasets/${this.dataset}/statistics`)]);
      document.title = `Categories of ${this.shown.name} – Gleaner`;
    });
  }

  get rows() {
    const [, value] = COLUMNS[this.sort.column];
    const way = this.sort.up ? 1 : -1;
    return this.counted.categories.filter((row) => row.category.toLowerCase().includes(this.typed.toLowerCase())).sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      return (x === y ? 0 : x === null ? 1 : y === null ? -1 : x < y ? -way : way) || a.category.localeCompare(b.category);
    });
  }

  render() {
    if (!this.counted) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Counting…</p>`;
    }
    const { categories, countedAt } = this.counted;
    const sum = (value) => categories.reduce((all, row) => all + value(row), 0);
    const all = { imported: sum((row) => row.imported), proposed: sum((row) => row.proposed), accepted: sum((row) => row.accepted), corrected: sum((row) => row.corrected),
      rejected: sum((row) => row.rejected) };
    const share = acceptance(all);
    return html`${datasetHead(this.shown, 'Categories')}
      ${problemNote(this.problem)}
      ${categories.length === 0 ? html`<section class="card empty"><h2>No boxes yet</h2><p>A labeling run proposes boxes; then it can be seen here how they are spread.</p>
        <a class="button primary" href="/runs/new?dataset=${this.dataset}">Label this dataset</a></section>` : html`
      <section class="card"><dl class="facts">
        <div><dt>Categories</dt><dd>${count(categories.length)}</dd></div>
        <div><dt>Boxes that stand</dt><dd>${count(standing(all))}</dd></div>
        <div><dt>Proposals that wait</dt><dd>${count(all.proposed)}</dd></div>
        <div><dt>Taken by reviewers</dt><dd>${share === null ? '–' : `${percent(share)} of ${count(taken(all) + all.rejected)}`}</dd></div>
      </dl></section>
      ${this.table()}
      <p class="quiet small row">Counted ${at(countedAt)}; superseded boxes are left out. Small is below 32 × 32 pixels, medium below 96 × 96.
        <button class="button" ?disabled=${this.busy} @click=${this.load}>Count again</button></p>`}`;
  }

  table() {
    const { rows } = this;
    const by = (column) => { this.sort = { column, up: this.sort.column === column ? !this.sort.up : column === 0 }; };
    const most = Math.max(1, ...rows.map((row) => row.sizes.small + row.sizes.medium + row.sizes.large));
    return html`<section class="card flush">
      ${this.counted.categories.length > FEW ? html`<header><input type="text" aria-label="Find a category" placeholder="Find a category" .value=${this.typed} @input=${(event) => { this.typed = event.target.value; }}></header>` : nothing}
      <div class="scroll tall" tabindex="0" role="region" aria-label="Boxes by category"><table class="statistics">
        <thead><tr>${COLUMNS.map(([name], column) => html`<th class=${column ? 'number' : ''} aria-sort=${this.sort.column === column ? (this.sort.up ? 'ascending' : 'descending') : nothing}>
          <button class="sort" @click=${() => by(column)}>${name}</button></th>`)}<th>Sizes</th><th>Scores of proposals</th><th><span class="visually-hidden">Review</span></th></tr></thead>
        <tbody>${rows.map((row) => html`<tr data-category=${row.category}>
          <td class="name"><span class="row nowrap tight"><span class="swatch ${tone(row.category)}"></span>${row.category}</span></td>
          ${COLUMNS.slice(1, -1).map(([, value]) => html`<td class="number">${count(value(row))}</td>`)}
          <td class="number">${acceptance(row) === null ? '–' : percent(acceptance(row))}</td>
          <td>${sizeBar(row, most)}</td><td>${histogram(row)}</td>
          <td>${row.proposed ? html`<a class="nowrap" href="/review?dataset=${this.dataset}&category=${encodeURIComponent(row.category)}" aria-label="Review ${row.category}">Review</a>` : nothing}</td></tr>`)}</tbody>
      </table></div>
      ${rows.length === 0 ? html`<p class="empty">No category has this in its name.</p>` : nothing}
      <p class="body"><span class="legend">${SIZES.map(([size, label], i) => html`<span class="row tight"><span class="swatch size-${i}"></span>${label}</span>`)}</span></p></section>`;
  }
}

/** As long as the category has boxes, cut by their size. */
function sizeBar({ category, sizes }, most) {
  const text = SIZES.map(([size, label]) => `${count(sizes[size])} ${label}`).join(', ');
  let x = 0;
  return html`<svg class="bars" viewBox="0 0 100 16" preserveAspectRatio="none" role="img" aria-label="${category}: ${text}"><title>${text}</title>
    ${SIZES.map(([size], i) => {
      const width = sizes[size] / most * 100;
      x += width;
      return svg`<rect class="size-${i}" x=${x - width} y="2" width=${width} height="12"></rect>`;
    })}</svg>`;
}

/** Proposals by score, from 0 on the left to 1 on the right. */
function histogram({ category, scores }) {
  const most = Math.max(...scores);
  const all = scores.reduce((sum, n) => sum + n, 0);
  if (all === 0) {
    return html`<span class="quiet">–</span>`;
  }
  const width = 100 / scores.length;
  const below = scores.slice(0, scores.length / 2).reduce((sum, n) => sum + n, 0);
  return html`<svg class="bars scores" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="${category}: ${percent(below / all)} of ${counted(all, 'proposal')} score below 50%">
    <title>From 0% to 100%; the tallest bar is ${counted(most, 'proposal')}</title><line x1="0" x2="100" y1="23.5" y2="23.5"></line>
    ${scores.map((n, i) => (n ? svg`<rect x=${i * width + 0.4} y=${23 - Math.max(1, n / most * 22)} width=${width - 0.8} height=${Math.max(1, n / most * 22)}></rect>` : nothing))}</svg>`;
}

customElements.define('gl-categories', Categories);
