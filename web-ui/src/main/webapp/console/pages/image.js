import { html, nothing } from 'lit';
import { api } from '../api.js';
import { atLeast } from '../boxes.js';
import '../gl-boxes.js';
import { historyCard } from '../review/history.js';
import { Page, at, badge, counted, open, percent, problemNote, slider, tone } from '../ui.js';

const PAGE = 20;

/** One image with its boxes, where each of them came from, and what was decided about them. */
class Image extends Page {
  static properties = {
    image: { attribute: false },
    shown: { state: true }, chosen: { state: true }, minScore: { state: true }, origin: { state: true }, nextImage: { state: true },
    history: { state: true }, older: { state: true },
  };

  constructor() {
    super();
    this.minScore = 0;
    this.history = [];
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(async () => {
      this.shown = await api(`images/${this.image}`);
      document.title = `${this.shown.fileName} – Gleaner`;
      const [after, dataset] = await Promise.all([
        api(`datasets/${this.shown.dataset}/images?after=${this.image}&limit=1`), api(`datasets/${this.shown.dataset}`)]);
      this.nextImage = after.items[0];
      this.datasetName = dataset.name;
      await Promise.all([this.readOrigins(), this.readHistory()]);
    });
  }

  /** The runs and models behind the boxes. */
  async readOrigins() {
    const read = async (path, key) => {
      const ids = [...new Set(this.shown.boxes.map((box) => box[key]).filter(Boolean))];
      return new Map(await Promise.all(ids.map(async (id) => [id, await api(`${path}/${id}`)])));
    };
    const [runs, models] = await Promise.all([read('labeling-runs', 'labelingRun'), read('model-versions', 'modelVersion')]);
    this.origin = { runs, models };
  }

  /** The next page of it. */
  async readHistory() {
    const page = await api(`images/${this.image}/history?limit=${PAGE}&after=${this.older ?? 0}`);
    this.history = [...this.history, ...page.items];
    this.older = page.next;
  }

  render() {
    if (!this.shown || !this.origin) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const { fileName, width, height, boxes, dataset } = this.shown;
    const visible = atLeast(boxes, this.minScore).reverse();
    return html`
      <header class="row spread">
        <div class="stack tight"><p class="crumbs"><a href="/">Overview</a> / <a href="/datasets/${dataset}">${this.datasetName}</a></p>
          <h1>${fileName}</h1></div>
        <div class="row"><a class="button" href="/try?image=${this.image}">Try a prompt on it</a>
          ${this.nextImage ? html`<button class="button" @click=${() => open(`/images/${this.nextImage.id}`)}>Next image</button>` : nothing}</div>
      </header>
      ${problemNote(this.problem)}
      <div class="side">
        <gl-boxes large src="/api/images/${this.image}/picture" alt=${fileName} .width=${width} .height=${height} .boxes=${boxes}
          .minScore=${this.minScore} .chosen=${this.chosen} @choose=${(event) => { this.chosen = event.detail?.id ?? null; }}></gl-boxes>
        <aside class="stack">
          <section class="card stack">
            <div><h2>${counted(visible.length, 'box', 'boxes')}</h2>
              <p class="quiet small">${width} × ${height} pixels. Choose a box to see where it came from.</p></div>
            ${slider('Least score', this.minScore, (score) => { this.minScore = score; })}
            ${visible.length === 0 ? html`<p class="quiet">${boxes.length ? 'No box has this score.' : 'No box yet. Label the dataset to get proposals.'}</p>` : nothing}
            <div class="choices">${visible.map((box) => html`
              <button aria-pressed=${box.id === this.chosen} @click=${() => { this.chosen = box.id === this.chosen ? null : box.id; }}>
                <span class="swatch ${tone(box.category)}"></span><span class="grow">${box.category}</span>
                ${box.score == null ? nothing : html`<span class="quiet">${percent(box.score)}</span>`}${badge(box.status)}
              </button>`)}</div>
          </section>
          ${this.provenance(boxes.find((box) => box.id === this.chosen))}
        </aside>
      </div>
      ${historyCard(this.history, this.older, () => this.attempt(() => this.readHistory()))}`;
  }

  provenance(box) {
    if (!box) {
      return nothing;
    }
    const run = this.origin.runs.get(box.labelingRun);
    const model = this.origin.models.get(box.modelVersion);
    const fact = (term, value) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
    return html`<section class="card stack" id="provenance"><h2>Where this box came from</h2><dl class="facts plain narrow">
      ${run ? fact('Labeling run', html`<a href="/runs/${run.id}">Run ${run.id}</a>, ${at(box.createdAt)}`) : fact('Origin', 'It came with the dataset.')}
      ${model ? fact('Model version', html`${model.name} (${model.architecture})`) : nothing}
      ${box.phrase ? fact('Phrase it was found by', html`“${box.phrase}”`) : nothing}
      ${run ? fact('Score and threshold', `${box.score.toFixed(3)}, at least ${run.thresholds[box.category] ?? run.thresholds.default}`) : nothing}
      ${box.decidedBy ? fact('Decided by', `${box.decidedBy}, ${at(box.decidedAt)}`) : nothing}
      ${fact('Box', html`<code>x ${px(box.bbox[0])}, y ${px(box.bbox[1])}, ${px(box.bbox[2])} × ${px(box.bbox[3])}</code>`)}
    </dl></section>`;
  }
}

const px = (number) => number.toFixed(1);

customElements.define('gl-image', Image);
