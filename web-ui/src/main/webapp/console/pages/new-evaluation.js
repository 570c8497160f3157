import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { emptyPrompt, promptEditor, promptsOf } from '../prompts.js';
import { Page, counted, field, isPlain, open, problemNote } from '../ui.js';

/** Orders an evaluation. */
class NewEvaluation extends Page {
  static properties = {
    datasets: { state: true }, models: { state: true }, dataset: { state: true }, model: { state: true }, protocol: { state: true },
    chunking: { state: true }, most: { state: true }, subset: { state: true }, fraction: { state: true }, seed: { state: true },
    images: { state: true }, own: { state: true }, rows: { state: true },
  };

  constructor() {
    super();
    Object.assign(this, { protocol: 'coco', chunking: 'official', most: '', subset: 'all', fraction: 25, seed: 3, images: '', own: false,
      rows: [emptyPrompt()] });
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = 'New evaluation – Gleaner';
    this.attempt(async () => {
      const [datasets, models] = await Promise.all([all('datasets'), all('model-versions')]);
      this.models = models.filter((model) => model.status !== 'REJECTED').reverse();
      this.datasets = datasets.filter((dataset) => dataset.status === 'READY');
      const wanted = Number(new URLSearchParams(location.search).get('dataset'));
      this.chooseDataset(this.datasets.find((dataset) => dataset.id === wanted)
        ?? this.datasets.find((dataset) => dataset.annotations > 0) ?? this.datasets[0]);
    });
  }

  get usable() {
    return this.models.filter((model) => model.project === this.dataset?.project);
  }

  chooseDataset(dataset) {
    this.dataset = dataset;
    this.model = this.usable.find((model) => model.status === 'CHAMPION') ?? this.usable[0];
  }

  order() {
    return {
      dataset: this.dataset.id, modelVersion: this.model.id, protocol: this.protocol, chunking: this.chunking,
      ...(this.most === '' ? {} : { detectionsPerImage: Number(this.most) }),
      ...(this.own ? { prompts: promptsOf(this.rows) } : {}),
      ...(this.subset === 'split' ? { split: { fraction: Number(this.fraction) / 100, seed: Number(this.seed) } } : {}),
      ...(this.subset === 'images' ? { images: this.images.split(/[\s,;]+/).filter(Boolean).map(Number) } : {}),
    };
  }

  async start(event) {
    event.preventDefault();
    const evaluation = await this.attempt(() => api('evaluations', { json: this.order() }));
    if (evaluation) {
      open(`/evaluations/${evaluation.id}`);
    }
  }

  render() {
    if (!this.datasets) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="stack tight"><p class="crumbs"><a href="/evaluations">Evaluations</a></p><h1>New evaluation</h1>
        <p class="quiet">A batch job runs the model over the images and compares what it finds with the boxes that people vouch for, as they are now.</p></header>
      ${problemNote(this.problem)}
      ${this.datasets.length === 0 ? html`<p class="card empty">There is no dataset yet. <a class="button" href="/datasets/new">Register one</a></p>`
        : this.models.length === 0 ? html`<p class="card empty">There is no model yet. <a class="button" href="/models/import">Import one</a></p>`
        : this.form()}`;
  }

  form() {
    const set = (name) => (event) => { this[name] = event.target.value; };
    const wrong = (name) => this.problem?.of?.(name);
    return html`<form class="card form" @submit=${this.start}>
      ${field('Dataset', html`<select name="dataset" @change=${(event) => this.chooseDataset(this.datasets[event.target.selectedIndex])}>
        ${this.datasets.map((dataset) => html`<option ?selected=${dataset === this.dataset}>${dataset.name} (${counted(dataset.images, 'image')}, ${counted(dataset.annotations, 'box', 'boxes')})</option>`)}</select>`,
        { error: wrong('dataset') })}
      ${isPlain(this.dataset) ? html`<p class="note">This dataset came without boxes: only images on which a reviewer has decided about a box, or which one found empty, are evaluated.</p>` : nothing}
      ${field('Model version', html`<select name="model" @change=${(event) => { this.model = this.usable[event.target.selectedIndex]; }}>
        ${this.usable.map((model) => html`<option ?selected=${model === this.model}>${model.name}${model.status === 'CHAMPION' ? ', champion' : ''}</option>`)}</select>`,
        { error: wrong('modelVersion') })}
      ${field('Images', html`<select name="subset" .value=${this.subset} @change=${set('subset')}>
        <option value="all">All</option><option value="split">A part that is held out</option><option value="images">Listed ones</option></select>`)}
      ${this.subset === 'split' ? html`<div class="columns">
        ${field('Percent held out', html`<input type="number" name="fraction" min="0.1" max="99.9" step="any" .value=${this.fraction} @input=${set('fraction')}>`, { error: wrong('split') })}
        ${field('Seed', html`<input type="number" name="seed" step="1" .value=${this.seed} @input=${set('seed')}>`,
          { hint: 'The same seed holds out the same images on every server.' })}</div>` : nothing}
      ${this.subset === 'images' ? field('Ids of the images', html`<textarea name="images" rows="3" .value=${this.images} @input=${set('images')}></textarea>`,
        { hint: 'Separated by blanks, commas or lines.', error: this.problem?.errors?.find((error) => error.field.startsWith('images')) }) : nothing}
      <fieldset><legend>What to look for</legend>
        <div class="tabs" role="group" aria-label="What to look for">
          <button type="button" aria-pressed=${!this.own} @click=${() => { this.own = false; }}>Every category that has boxes, by its name</button>
          <button type="button" aria-pressed=${this.own} @click=${() => { this.own = true; }}>My own prompts</button></div></fieldset>
      ${this.own ? promptEditor(this.rows, (rows) => { this.rows = rows; }, { scores: false }) : nothing}
      <details><summary>Protocol and settings</summary><div class="stack">
        ${field('Protocol', html`<select name="protocol" .value=${this.protocol} @change=${set('protocol')}>
          <option value="coco">COCO: 12 figures, 100 detections an image</option>
          <option value="lvis-fixed">LVIS with fixed AP: 10,000 detections a category, 300 an image</option></select>`)}
        ${field('Chunking', html`<select name="chunking" .value=${this.chunking} @change=${set('chunking')}>
          <option value="official">Official: 40 categories a pass</option>
          <option value="packed">Packed: as many as fit, which is faster</option></select>`)}
        ${field('Detections kept of an image', html`<input type="number" name="most" min="1" max="10000" step="1" placeholder=${this.protocol === 'coco' ? '100' : '300'}
          .value=${this.most} @input=${set('most')}>`, { error: wrong('detectionsPerImage') })}
      </div></details>
      <div class="row"><button class="button primary" ?disabled=${this.busy || !this.model}>Start the evaluation</button><a class="button plain" href="/evaluations">Cancel</a></div>
    </form>`;
  }
}

customElements.define('gl-new-evaluation', NewEvaluation);
