import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import '../plot.js';
import { Page, at, count, counted, decimal, field, percent, points, problemNote, tone } from '../ui.js';

const PERIODS = [[7, 'a week'], [30, '30 days'], [90, '90 days'], [365, 'a year'], [3650, 'ten years']];
const sum = (rows, value) => rows.reduce((total, row) => total + value(row), 0);
const share = (part, whole) => (whole === 0 ? '–' : percent(part / whole));
/** Of boxes in both lists and in one of them only. */
const f1 = (both, one, other) => (both + one + other === 0 ? null : (2 * both) / (2 * both + one + other));

/** How well reviewing goes in a project, and which thresholds follow from what was decided. */
class Quality extends Page {
  static properties = {
    projects: { state: true }, project: { state: true }, days: { state: true }, quality: { state: true }, thresholds: { state: true }, models: { state: true },
    precision: { state: true }, before: { state: true }, changes: { state: true }, me: { state: true },
  };

  constructor() {
    super();
    this.days = 30;
    this.precision = 0.8;
    this.before = new Map();
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Quality – Gleaner';
    this.attempt(async () => {
      const asked = new URLSearchParams(location.search);
      const [{ items }, dataset, me] = await Promise.all([api('projects'), Number(asked.get('dataset')) ? api(`datasets/${asked.get('dataset')}`) : null, api('session')]);
      this.me = me;
      this.projects = items;
      this.project = items.find(({ id }) => id === (dataset?.project ?? Number(asked.get('project')))) ?? items[0];
      await this.read();
    });
  }

  async read() {
    const { project, days } = this;
    history.replaceState(null, '', `/quality?project=${project.id}`);
    const [quality, models] = await Promise.all([api(`projects/${project.id}/review-quality?days=${days}`), all('model-versions'), this.fit()]);
    if (project === this.project && days === this.days) {
      this.quality = quality;
      this.models = new Map(models.map((model) => [model.id, model.name]));
    }
  }

  async fit() {
    const { project, precision } = this;
    const [thresholds, { items }] = await Promise.all([api(`projects/${project.id}/thresholds?precision=${precision}`), api(`projects/${project.id}/thresholds/changes?limit=20`)]);
    if (project === this.project && precision === this.precision) {
      this.thresholds = thresholds;
      this.changes = items;
    }
  }

  choose(change) {
    if (change.project) {
      this.before = new Map();
      this.quality = null;
    }
    Object.assign(this, change);
    this.attempt(() => this.read());
  }

  refit(precision) {
    this.precision = precision;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.attempt(() => this.fit()), 150);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  /** Sets thresholds, and remembers those that were set before, to be taken back. */
  set(thresholds, { undoing = false } = {}) {
    const was = new Map(this.thresholds.categories.map(({ category, threshold }) => [category, threshold ?? null]));
    this.attempt(async () => {
      await api(`projects/${this.project.id}/thresholds`, { method: 'PUT', json: { thresholds } });
      const before = new Map(this.before);
      Object.keys(thresholds).forEach((category) => (undoing ? before.delete(category) : before.set(category, was.get(category))));
      this.before = before;
      await this.fit();
    });
  }

  /** What is proposed and not set yet, by category. */
  get proposed() {
    return Object.fromEntries(this.thresholds.categories.filter(({ fitted, threshold }) => fitted != null && fitted !== threshold).map(({ category, fitted }) => [category, fitted]));
  }

  render() {
    if (!this.quality || !this.thresholds) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const { reviewers, categories, models, differing } = this.quality;
    const empty = reviewers.length === 0 && this.thresholds.categories.every(({ decisions }) => decisions === 0);
    return html`
      <header class="row spread upper">
        <div class="stack tight"><p class="crumbs"><a href="/review">Review</a></p><h1>Quality</h1>
          <p class="quiet">How well reviewing goes, and which thresholds follow from what was decided.</p></div>
        <div class="row">
          ${field('Project', html`<select name="project" @change=${(event) => this.choose({ project: this.projects.find(({ id }) => id === Number(event.target.value)) })}>
            ${this.projects.map((one) => html`<option value=${one.id} ?selected=${one === this.project}>${one.name}</option>`)}</select>`)}
          ${field('Of the last', html`<select name="days" @change=${(event) => this.choose({ days: Number(event.target.value) })}>
            ${PERIODS.map(([days, name]) => html`<option value=${days} ?selected=${days === this.days}>${name}</option>`)}</select>`)}
        </div>
      </header>
      ${problemNote(this.problem)}
      ${empty ? html`<section class="card empty"><h2>Nothing was reviewed here yet</h2><p>Figures come from what reviewers decide. Checks with known answers, and images that several reviewers see, are chosen when a queue is made.</p>
        <a class="button primary" href="/review">Make a review queue</a></section>`
        : html`${this.figures(reviewers)}${this.reviewerTable(reviewers)}${this.categoryTable(categories)}${differing.length ? this.differingTable(differing) : nothing}${this.modelTable(models)}${this.fitted()}`}`;
  }

  figures(reviewers) {
    const items = sum(reviewers, (row) => row.items);
    const checked = sum(reviewers, (row) => row.checks.items);
    const [right, missed, made] = ['right', 'missed', 'made'].map((name) => sum(reviewers, (row) => row.checks[name]));
    // Each pair is counted from both sides.
    const [agreed, differing] = ['agreed', 'differing'].map((name) => sum(reviewers, (row) => row.agreement[name]) / 2);
    const fact = (id, term, value, hint) => html`<div id=${id}><dt>${term}</dt><dd>${value}</dd><dd class="hint">${hint}</dd></div>`;
    return html`<section class="card"><dl class="facts">
      ${fact('items', 'Items decided', count(items), `by ${counted(reviewers.length, 'reviewer')}`)}
      ${fact('checked', 'Of them checks', share(checked, items), checked ? counted(checked, 'item') : 'Make a queue with checks to get some.')}
      ${fact('right', 'Checks, F1', points(f1(right, missed, made)), checked ? `${count(right)} right, ${count(missed)} missed, ${count(made)} too many` : 'against known answers')}
      ${fact('agreed', 'Agreement, F1', points(f1(agreed, differing, 0)), agreed + differing ? `${count(agreed)} boxes agreed, ${count(differing)} not` : 'Make a queue with consensus to get some.')}
    </dl></section>`;
  }

  reviewerTable(rows) {
    if (rows.length === 0) {
      return html`<section class="card empty"><h2>Nobody reviewed in this time</h2><p>Choose a longer one above.</p></section>`;
    }
    return html`<section class="card flush" id="reviewers"><header><h2>Reviewers</h2><p class="quiet small">Seconds are the median of an item. Checks compare with known answers, agreement with what others said of the same image; boxes of the same
        category with an IoU of 0.5 or more are the same.</p></header>
      <div class="scroll"><table><thead><tr><th>Reviewer</th><th class="number">Items</th><th class="number">Skipped</th><th class="number">Seconds</th><th class="number">Accepted</th><th class="number">Corrected</th><th class="number">Rejected</th>
        <th class="number">Drawn</th><th class="number">Checks</th><th class="number">right / missed / too many</th><th class="number">F1</th><th class="number">Agreement</th></tr></thead>
      <tbody>${rows.map((row) => html`<tr data-reviewer=${row.reviewer}><td class="name">${row.reviewer}</td><td class="number">${count(row.items)}</td><td class="number">${count(row.skipped)}</td>
        <td class="number">${row.medianSeconds == null ? '–' : decimal(row.medianSeconds)}</td><td class="number">${count(row.accepted)}</td><td class="number">${count(row.corrected)}</td>
        <td class="number">${count(row.rejected)}</td><td class="number">${count(row.drawn)}</td>
        <td class="number">${count(row.checks.items)}${row.items ? html` <span class="quiet small">${share(row.checks.items, row.items)}</span>` : nothing}</td>
        <td class="number">${row.checks.items ? `${count(row.checks.right)} / ${count(row.checks.missed)} / ${count(row.checks.made)}` : '–'}</td><td class="number">${points(row.checks.f1)}</td>
        <td class="number">${points(row.agreement.f1)}</td></tr>`)}</tbody></table></div></section>`;
  }

  categoryTable(rows) {
    if (rows.length === 0) {
      return html`<section class="card empty" id="categories"><h2>No checks and no second opinions</h2><p>Make a queue with checks, whose answers are known, or with images that several reviewers see. Then this tells where they err and differ.</p>
        <a class="button" href="/review">Make a review queue</a></section>`;
    }
    return html`<section class="card flush" id="categories"><header><h2>Categories</h2><p class="quiet small">Where reviewers err, and where they differ.</p></header>
      <div class="scroll"><table><thead><tr><th>Category</th><th class="number">Checks: right</th><th class="number">missed</th><th class="number">too many</th><th class="number">F1</th><th class="number">Agreed</th><th class="number">Differing</th><th class="number">F1</th></tr></thead>
      <tbody>${rows.map(({ category, checks, agreement }) => html`<tr data-category=${category}><td class="name"><span class="row tight nowrap"><span class="swatch ${tone(category)}"></span>${category}</span></td>
        <td class="number">${count(checks.right)}</td><td class="number">${count(checks.missed)}</td><td class="number">${count(checks.made)}</td><td class="number">${points(checks.f1)}</td>
        <td class="number">${count(agreement.agreed)}</td><td class="number">${count(agreement.differing)}</td><td class="number">${points(agreement.f1)}</td></tr>`)}</tbody></table></div></section>`;
  }

  /** Where opinions differ, somebody else settles what is right. */
  differingTable(rows) {
    return html`<section class="card flush" id="differing"><header><h2>Where reviewers differ</h2><p class="quiet small">Images that several saw, those who agree least first. Somebody else has the last word; then the image leaves this list, and the figures stay.</p></header>
      <div class="scroll"><table><thead><tr><th>Image</th><th>Queue</th><th>Reviewers</th><th class="number">Agreed</th><th class="number">Differing</th><th class="number">F1</th><th></th></tr></thead>
        <tbody>${rows.map((row) => html`<tr data-image=${row.image}><td><a href="/images/${row.image}">Image ${row.image}</a></td><td><a href="/review/${row.queue}/items">Queue ${row.queue}</a></td>
          <td>${row.reviewers.join(', ')}</td><td class="number">${count(row.agreement.agreed)}</td><td class="number">${count(row.agreement.differing)}</td>
          <td class="number">${points(row.agreement.f1)}</td><td>${this.ruling(row)}</td></tr>`)}</tbody></table></div></section>`;
  }

  ruling({ queue, image, reviewers }) {
    if (this.me.role === 'viewer') {
      return nothing;
    }
    return reviewers.includes(this.me.name) ? html`<span class="quiet small">for somebody else</span>`
      : html`<a class="button" href="/review/${queue}/rulings/${image}" aria-label="Decide about image ${image}">Decide</a>`;
  }

  modelTable(rows) {
    if (rows.length === 0) {
      return nothing;
    }
    return html`<section class="card flush" id="acceptance"><header><h2>Acceptance</h2><p class="quiet small">What became of the proposals of each model version. Accepted are those that were right as they stood.</p></header>
      <div class="scroll"><table><thead><tr><th>Model version</th><th>Category</th><th class="number">Accepted</th><th class="number">Corrected</th><th class="number">Rejected</th><th class="number">Acceptance</th><th></th></tr></thead>
      <tbody>${rows.map((row) => html`<tr><td class="name"><a href="/models#model-${row.modelVersion}">${this.models.get(row.modelVersion) ?? `version ${row.modelVersion}`}</a></td>
        <td><span class="row tight nowrap"><span class="swatch ${tone(row.category)}"></span>${row.category}</span></td>
        <td class="number">${count(row.accepted)}</td><td class="number">${count(row.corrected)}</td><td class="number">${count(row.rejected)}</td>
        <td class="number">${row.acceptance == null ? '–' : percent(row.acceptance)}</td>
        <td class="bar">${row.acceptance == null ? nothing : html`<progress max="1" value=${row.acceptance} aria-label="Acceptance of ${row.category}"></progress>`}</td></tr>`)}</tbody></table></div></section>`;
  }

  fitted() {
    const { categories, fewest } = this.thresholds;
    const proposed = this.proposed;
    return html`<section class="stack" id="thresholds">
      <div class="card stack">
        <div class="row spread upper"><div><h2>Thresholds</h2><p class="quiet small">The lowest score at which enough of what was decided was right: the lower end of the 95 % interval of precision (Wilson 1927) reaches what is wanted. Labeling runs take
          what is set where their order has none.</p></div>
          <div class="row">
            <button class="button primary" ?disabled=${this.busy || Object.keys(proposed).length === 0} @click=${() => this.set(proposed)}>Apply all proposed</button>
            ${this.before.size > 1 ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.set(Object.fromEntries(this.before), { undoing: true })}>Take all back</button>` : nothing}</div></div>
        <label class="field least"><span>Precision wanted</span><span class="slider"><input type="range" name="precision" min="0.5" max="0.99" step="0.01" .value=${String(this.precision)} @input=${(event) => this.refit(Number(event.target.value))}>
          <output>${percent(this.precision)}</output></span></label>
        ${categories.length === 0 ? html`<p class="quiet">No proposal of a model was decided about yet; then there is nothing to fit. <a href="/review">Review some</a>.</p>` : nothing}
      </div>
      <div class="columns">${categories.map((row) => this.curve(row, fewest))}</div>
      ${this.changes.length ? this.log() : nothing}</section>`;
  }

  /** Who set which threshold; it outlives this page, so what was before can be read here. */
  log() {
    const value = (threshold) => (threshold == null ? 'default' : percent(threshold));
    return html`<details class="fold" id="threshold-changes"><summary>Who changed thresholds</summary><div class="scroll"><table>
      <thead><tr><th>When</th><th>Who</th><th>Category</th><th>Before</th><th>After</th></tr></thead>
      <tbody>${this.changes.map((change) => html`<tr><td>${at(change.changedAt)}</td><td>${change.changedBy}</td><td>${change.category}</td>
        <td>${value(change.before)}</td><td>${value(change.after)}</td></tr>`)}</tbody></table></div></details>`;
  }

  curve({ category, threshold, fitted, decisions, accepted, curve }, fewest) {
    const shown = [...curve].reverse();
    const fallback = this.thresholds.fallback;
    const marks = [{ x: threshold ?? fallback, label: threshold == null ? 'default' : 'set' }, ...(fitted == null || fitted === threshold ? [] : [{ x: fitted, label: 'proposed' }])];
    const back = this.before.get(category);
    return html`<section class="card stack threshold" data-category=${category}>
      <div class="row spread"><h3 class="row tight"><span class="swatch ${tone(category)}"></span>${category}</h3><span class="quiet small">${counted(decisions, 'decision')}, ${share(accepted, decisions)} right</span></div>
      ${shown.length > 1 ? html`<gl-plot .x=${shown.map((point) => point.threshold)} .xRange=${[0, 1]} .yRange=${[0, 1.02]} .marks=${marks} xLabel="Threshold" yLabel="Share"
          .series=${[['precision', 'Precision'], ['recall', 'Recall'], ['low', 'Precision, lower end']].map(([key, label]) => ({ label, values: shown.map((point) => point[key]) }))}
          label="Precision and recall of ${category} by threshold"></gl-plot>` : nothing}
      <p class="small" data-set=${threshold ?? 'default'}>${threshold == null ? html`Not set: runs take the default, ${percent(fallback)}.` : html`Set to <strong>${percent(threshold)}</strong>.`}
        ${fitted == null ? decisions < fewest ? `Fitted from ${count(fewest)} decisions on; review ${count(fewest - decisions)} more.` : `No threshold reaches a precision of ${percent(this.precision)} surely; review more, or want less.`
          : fitted === threshold ? 'That is what is proposed.' : html`Proposed: <strong>${percent(fitted)}</strong>.`}</p>
      <div class="row">
        ${fitted != null && fitted !== threshold ? html`<button class="button primary" data-apply ?disabled=${this.busy} @click=${() => this.set({ [category]: fitted })} aria-label="Apply ${percent(fitted)} to ${category}">Apply ${percent(fitted)}</button>` : nothing}
        ${back !== undefined ? html`<button class="button" data-back ?disabled=${this.busy} @click=${() => this.set({ [category]: back }, { undoing: true })} aria-label="Take the threshold of ${category} back">Take it back to ${back == null ? 'the default' : percent(back)}</button>`
          : threshold != null ? html`<button class="button" data-back ?disabled=${this.busy} @click=${() => this.set({ [category]: null })} aria-label="Give ${category} the default again">Back to the default</button>` : nothing}
      </div></section>`;
  }
}

customElements.define('gl-quality', Quality);
