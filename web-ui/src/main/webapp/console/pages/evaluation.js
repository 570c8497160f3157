import { html, nothing, svg } from 'lit';
import { all, api, followRun } from '../api.js';
import { clip, surroundings } from '../boxes.js';
import '../plot.js';
import { Page, at, badge, count, counted, decimal, duration, points, problemNote } from '../ui.js';

const PAGE = 12;
const FIGURES = [
  ['ap', 'AP', 'Mean over IoU 0.50 to 0.95'], ['ap50', 'AP50', 'IoU 0.50'], ['ap75', 'AP75', 'IoU 0.75'],
  ['apSmall', 'AP small', 'Up to 32 × 32 pixels'], ['apMedium', 'AP medium', 'Up to 96 × 96'], ['apLarge', 'AP large', 'Larger'],
  ['ar1', 'AR 1', 'One detection an image'], ['ar10', 'AR 10', 'Ten detections'], ['ar', 'AR', 'All detections that count'],
  ['arSmall', 'AR small', ''], ['arMedium', 'AR medium', ''], ['arLarge', 'AR large', ''],
];
const LVIS_FIGURES = [['apRare', 'AP rare', 'Categories of up to 10 training images'], ['apCommon', 'AP common', 'Up to 100'], ['apFrequent', 'AP frequent', 'More']];
const KINDS = [
  ['OTHER_CATEGORY', 'Other category', 'It hit something of another category.'],
  ['POOR_LOCALISATION', 'Poor localisation', 'It overlaps the thing, but by less than half.'],
  ['DUPLICATE', 'Duplicate', 'A better detection had found the thing.'],
  ['BACKGROUND', 'Background', 'There is nothing.'],
  ['MISSED', 'Missed', 'Nothing found it.'],
];
const COLUMNS = [
  ['Category', (row) => row.category], ['Gold', (row) => row.gold, count], ['Detections', (row) => row.detections, count],
  ['AP', (row) => row.figures.ap, points], ['AP50', (row) => row.figures.ap50, points], ['AP75', (row) => row.figures.ap75, points],
  ['AR', (row) => row.figures.ar, points],
  ...KINDS.map(([kind, name]) => [name, (row) => row.mistakes[kind] ?? 0, count]),
];
const IOUS = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];

/** An evaluation: how far it has come, then what it comes to, and why. */
class Evaluation extends Page {
  static properties = {
    evaluation: { attribute: false },
    shown: { state: true }, dataset: { state: true }, model: { state: true }, connected: { state: true }, quarantine: { state: true },
    rows: { state: true }, sort: { state: true }, category: { state: true }, iou: { state: true }, curves: { state: true },
    kind: { state: true }, examples: { state: true }, next: { state: true },
  };

  constructor() {
    super();
    Object.assign(this, { connected: true, quarantine: [], sort: { column: 3, up: true }, category: null, iou: 0.5, kind: '', examples: [] });
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = `Evaluation ${this.evaluation} – Gleaner`;
    this.attempt(async () => {
      this.shown = await api(`evaluations/${this.evaluation}`);
      [this.dataset, this.model] = await Promise.all([api(`datasets/${this.shown.dataset}`), api(`model-versions/${this.shown.modelVersion}`)]);
      this.follow();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unfollow?.();
  }

  follow() {
    this.unfollow?.();
    this.unfollow = followRun(`evaluations/${this.evaluation}`, (evaluation) => this.progressed(evaluation),
      (connected) => { this.connected = connected; });
  }

  progressed(evaluation) {
    this.connected = true;
    this.shown = { ...evaluation, prompts: this.shown.prompts };
    if (evaluation.figures && !this.rows) {
      this.readOutcome();
    }
    if (evaluation.quarantined !== this.quarantine.length && this.quarantine.length < PAGE) {
      this.attempt(async () => { this.quarantine = (await api(`evaluations/${this.evaluation}/quarantine?limit=${PAGE}`)).items; });
    }
  }

  async readOutcome() {
    await this.attempt(async () => {
      this.rows = await all(`evaluations/${this.evaluation}/categories`);
      await Promise.all([this.readCurves(), this.readExamples()]);
    });
  }

  async readCurves() {
    const curve = (more) => api(`evaluations/${this.evaluation}/curve?iou=${this.iou}${more}`);
    const asked = [this.category, this.iou];
    const chosen = this.rows.find((row) => row.id === this.category);
    const [mean, own] = await Promise.all([curve(''), chosen ? curve(`&category=${chosen.id}`) : null]);
    if (asked[0] === this.category && asked[1] === this.iou) {
      this.curves = { recall: mean.recall, series: [
        ...(own ? [{ label: chosen.category, values: own.precision.length ? own.precision : mean.recall.map(() => null) }] : []),
        { label: this.rows.length === 1 ? this.rows[0].category : 'Mean of all categories', values: mean.precision }] };
    }
  }

  /** The next page of examples; the first one when they are asked for afresh. */
  async readExamples(more = false) {
    const filter = `${this.kind ? `&kind=${this.kind}` : ''}${this.category ? `&category=${this.category}` : ''}`;
    const page = await api(`evaluations/${this.evaluation}/examples?limit=${PAGE}${filter}${more ? `&after=${this.next}` : ''}`);
    this.examples = more ? [...this.examples, ...page.items] : page.items;
    this.next = page.next;
  }

  choose(change) {
    Object.assign(this, change);
    this.attempt(() => Promise.all(['kind' in change ? null : this.readCurves(), 'iou' in change ? null : this.readExamples()]));
  }

  async command(name) {
    const evaluation = await this.attempt(() => api(`evaluations/${this.evaluation}/${name}`, { method: 'POST' }));
    if (evaluation) {
      this.shown = evaluation;
      if (name === 'restart') {
        this.rows = undefined;
        this.curves = undefined;
      }
      this.follow();
    }
  }

  render() {
    if (!this.shown || !this.model) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const { status, quarantined, stopRequested, error, figures } = this.shown;
    const active = status === 'STARTING' || status === 'RUNNING';
    const canRestart = !active && (status !== 'COMPLETED' || quarantined > 0);
    return html`
      <header class="row spread">
        <div class="stack tight"><p class="crumbs"><a href="/evaluations">Evaluations</a>${this.shown.family
          ? html` / <a href="/evaluation-families/${this.shown.family}">On several datasets</a>` : nothing}</p>
          <div class="row"><h1>Evaluation ${this.evaluation}</h1>${badge(status)}</div>
          <p class="quiet"><a href="/models">${this.model.name}</a> on <a href="/datasets/${this.dataset.id}">${this.dataset.name}</a></p></div>
        <div class="row">
          ${active ? html`<button class="button" ?disabled=${this.busy || stopRequested} @click=${() => this.command('stop')}>${stopRequested ? 'Stopping…' : 'Stop'}</button>` : nothing}
          ${canRestart ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.command('restart')}>${status === 'COMPLETED' ? 'Try quarantined images again' : 'Restart'}</button>` : nothing}
          ${figures ? html`<a class="button" href="/api/evaluations/${this.evaluation}/gold" download>Gold (COCO)</a>
            <a class="button" href="/api/evaluations/${this.evaluation}/detections" download>Detections (COCO)</a>` : nothing}
        </div>
      </header>
      ${problemNote(this.problem)}
      ${this.connected || !active ? nothing : html`<p class="note warn" role="status">The server does not answer. The evaluation goes on from its last checkpoint when it is back; this page reconnects by itself.</p>`}
      ${error ? html`<p class="note bad" role="alert"><strong>The evaluation failed</strong><span>${error}</span></p>` : nothing}
      ${figures ? this.figures(figures) : this.progress()}
      ${this.quarantine.length ? this.quarantineTable() : nothing}
      ${this.rows && this.curves ? html`<div class="columns">${this.curve()}${this.how()}</div>${this.table()}${this.gallery()}` : this.how()}`;
  }

  progress() {
    const { status, done, total, quarantined, imagesPerSecond, eta } = this.shown;
    const computing = status === 'RUNNING' && done === total;
    return html`<section class="card stack" aria-label="Progress">
      ${computing ? html`<p>Every image has its detections; the figures are being computed.</p><progress class="tall" aria-label="Figures computed"></progress>`
        : html`<progress class="tall" max=${total || 1} value=${done} aria-label="Images evaluated"></progress>`}
      <dl class="facts" aria-live="off">
        <div><dt>Images</dt><dd id="done">${count(done)} of ${count(total)}</dd></div>
        <div><dt>Speed</dt><dd>${imagesPerSecond ? `${decimal(imagesPerSecond)} images/s` : '–'}</dd></div>
        <div><dt>Time left</dt><dd>${eta ? duration((new Date(eta) - Date.now()) / 1000) : '–'}</dd></div>
        <div><dt>Quarantined</dt><dd>${count(quarantined)}</dd></div>
      </dl>
    </section>`;
  }

  figures(figures) {
    const { supervisedAp } = this.shown;
    return html`<section class="card stack" id="figures"><div><h2>Figures</h2>
        <p class="quiet small">In percent, the mean over all categories that have gold${supervisedAp == null ? '' : `. A model trained with all labels reaches an AP of ${points(supervisedAp)}`}.</p></div>
      <dl class="facts figures">${[...FIGURES, ...LVIS_FIGURES.filter(([key]) => figures[key] != null)].map(([key, name, meaning]) => html`<div title=${meaning}><dt>${name}</dt><dd data-figure=${key}>${points(figures[key])}</dd></div>`)}</dl>
    </section>`;
  }

  quarantineTable() {
    return html`<section class="card flush" id="quarantine">
      <header><h2>Quarantine</h2><p class="quiet small">${counted(this.shown.quarantined, 'image')} could not be taken through the model; the figures leave them out.</p></header>
      <div class="scroll"><table><thead><tr><th>Image</th><th>Reason</th></tr></thead>
        <tbody>${this.quarantine.map((image) => html`<tr><td class="name"><a href="/images/${image.image}">${image.fileName}</a></td><td>${image.reason}</td></tr>`)}</tbody></table></div>
    </section>`;
  }

  curve() {
    return html`<section class="card stack" id="curve">
      <div class="row spread"><h2>Precision and recall</h2>
        <label class="inline small">IoU <select aria-label="IoU" @change=${(event) => this.choose({ iou: Number(event.target.value) })}>
          ${IOUS.map((iou) => html`<option value=${iou} ?selected=${iou === this.iou}>${iou.toFixed(2)}</option>`)}</select></label></div>
      ${this.curves.recall.length === 0 ? html`<p class="quiet">There is nothing to find.</p>`
        : html`<gl-plot .x=${this.curves.recall} .series=${this.curves.series} xLabel="Recall" yLabel="Precision" .xRange=${[0, 1]} .yRange=${[0, 1.02]}
          label="Precision at each recall"></gl-plot>`}
    </section>`;
  }

  how() {
    const { protocol, settings, snapshot, timings, prompts, startedBy, createdAt, endedAt, quarantined } = this.shown;
    const subset = snapshot.split ? `${decimal(snapshot.split.fraction * 100)}% held out with seed ${snapshot.split.seed}` : snapshot.listed ? 'a list' : 'all';
    const fact = (term, value) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
    return html`<section class="card stack" id="how"><h2>How it was measured</h2>
      <dl class="facts plain">
        ${fact('Protocol', protocol === 'coco' ? 'COCO' : 'LVIS, fixed AP')}
        ${fact('Images', `${count(snapshot.images)} (${subset})`)}
        ${fact('Gold boxes', count(snapshot.boxes))}
        ${fact('Data', html`<code title=${snapshot.sha256}>${snapshot.sha256.slice(0, 12)}</code>`)}
        ${fact('Chunking', settings.chunking === 'official' ? 'official, 40 categories' : 'packed')}
        ${fact('Detections of an image', `up to ${count(settings.detectionsPerImage)}, ${count(settings.detectionsPerChunk)} a pass`)}
        ${fact('Model’s thresholds', `score ${settings.minScore}, IoU ${settings.nmsIou}`)}
        ${fact('Quarantined', count(quarantined))}
        ${timings ? fact('Time', `${duration(timings.detectionSeconds)} for detections, ${duration(timings.accumulationSeconds)} for figures`) : nothing}
        ${fact('Ordered', `${at(createdAt)} by ${startedBy}`)}
        ${endedAt ? fact('Ended', at(endedAt)) : nothing}
      </dl>
      <details><summary>${counted(prompts.length, 'prompt')}</summary><ul class="samples">${prompts.map((prompt) => html`<li>${prompt.category}${prompt.phrase === prompt.category ? '' : html`: “${prompt.phrase}”`}</li>`)}</ul></details>
    </section>`;
  }

  get sorted() {
    const [, value] = COLUMNS[this.sort.column];
    const way = this.sort.up ? 1 : -1;
    // What is not defined comes last either way.
    return [...this.rows].sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x == null || y == null) {
        return (x == null) - (y == null);
      }
      return way * (typeof x === 'string' ? x.localeCompare(y) : x - y);
    });
  }

  table() {
    const by = (column) => { this.sort = { column, up: this.sort.column === column ? !this.sort.up : column === 0 }; };
    return html`<section class="card flush" id="categories">
      <header><h2>Categories</h2><p class="quiet small">Choose one for its curve and its mistakes. Mistakes are counted at IoU 0.50, whatever their score.</p></header>
      <div class="scroll tall"><table>
        <thead><tr>${COLUMNS.map(([name], column) => html`<th class=${column ? 'number' : ''} aria-sort=${this.sort.column !== column ? 'none' : this.sort.up ? 'ascending' : 'descending'}>
          <button class="sort" @click=${() => by(column)}>${name}</button></th>`)}</tr></thead>
        <tbody>${this.sorted.map((row) => html`<tr class=${row.id === this.category ? 'chosen' : ''}>${COLUMNS.map(([, value, written], column) => (column === 0
          ? html`<td class="name"><button class="link" aria-pressed=${row.id === this.category} @click=${() => this.choose({ category: row.id === this.category ? null : row.id })}>${row.category}</button></td>`
          : html`<td class="number">${written(value(row))}</td>`))}</tr>`)}</tbody>
      </table></div>
    </section>`;
  }

  gallery() {
    const chosen = this.rows.find((row) => row.id === this.category);
    const hint = KINDS.find(([kind]) => kind === this.kind)?.[2] ?? 'The surest wrong detections first, then what was missed.';
    return html`<section class="stack" id="mistakes">
      <div class="row spread"><div><h2>Mistakes${chosen ? html` of ${chosen.category}` : nothing}</h2><p class="quiet small">${hint}
          Green and dashed is what is there; red is what was found.</p></div>
        <div class="tabs" role="group" aria-label="Show mistakes">${[['', 'All'], ...KINDS].map(([kind, name]) => html`
          <button aria-pressed=${this.kind === kind} @click=${() => this.choose({ kind })}>${name}</button>`)}</div></div>
      ${this.examples.length === 0 && !this.busy ? html`<p class="card empty">There is no such mistake.</p>` : nothing}
      <ul class="grid">${this.examples.map((example) => html`<li>${this.mistake(example)}</li>`)}</ul>
      ${this.next ? html`<div class="row"><button class="button" ?disabled=${this.busy} @click=${() => this.attempt(() => this.readExamples(true))}>Load more</button></div>` : nothing}
    </section>`;
  }

  mistake({ id, kind, category, image, fileName, width, height, score, bbox, goldCategory, goldBbox, iou }) {
    const view = surroundings([bbox, goldBbox].filter(Boolean), { width, height });
    const box = (whole, look) => {
      const [x, y, w, h] = clip(whole, { width, height }) ?? whole;
      return svg`<rect class="halo" x=${x} y=${y} width=${w} height=${h}></rect><rect class=${look} x=${x} y=${y} width=${w} height=${h}></rect>`;
    };
    const [, name] = KINDS.find(([known]) => known === kind);
    const what = kind === 'MISSED' ? category : `${category} ${points(score)}%`;
    const hit = kind === 'MISSED' ? (iou > 0 ? `closest by ${points(iou)}%` : 'nothing near')
      : goldCategory ? `${goldCategory === category ? 'overlaps' : `overlaps ${goldCategory}`} by ${points(iou)}%` : 'nothing there';
    return html`<a class="tile" href="/images/${image}" data-mistake=${id} data-kind=${kind}>
      <span class="frame crop"><svg viewBox=${view.join(' ')} role="img" aria-label="${name}: ${what} in ${fileName}, ${hit}">
        <image class="crop-picture" href="/api/images/${image}/picture" width=${width} height=${height} preserveAspectRatio="none"></image>
        ${goldBbox ? box(goldBbox, 'gold') : nothing}${bbox ? box(bbox, 'wrong') : nothing}</svg></span>
      <span class="caption"><span title=${fileName}><strong>${what}</strong>, ${hit}</span></span>
      <span class="caption"><span title=${fileName}>${name}, ${fileName}</span></span>
    </a>`;
  }
}

customElements.define('gl-evaluation', Evaluation);
