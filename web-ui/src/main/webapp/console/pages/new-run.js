import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { emptyPrompt, promptEditor, promptsOf, thresholdsOf } from '../prompts.js';
import { Page, counted, field, open, problemNote, slider } from '../ui.js';

/** Orders a labeling run. */
class NewRun extends Page {
  static properties = {
    datasets: { state: true }, models: { state: true }, rows: { state: true }, fallback: { state: true },
    dataset: { state: true }, model: { state: true },
  };

  constructor() {
    super();
    this.rows = [emptyPrompt()];
    this.fallback = 0.5;
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = 'New labeling run – Gleaner';
    this.attempt(async () => {
      const [datasets, models] = await Promise.all([all('datasets'), all('model-versions')]);
      this.datasets = datasets.filter((dataset) => dataset.status === 'READY');
      this.models = models.filter((model) => model.status !== 'REJECTED').reverse();
      const wanted = Number(new URLSearchParams(location.search).get('dataset'));
      await this.chooseDataset(this.datasets.find((dataset) => dataset.id === wanted) ?? this.datasets[0]);
    });
  }

  get usable() {
    return this.models.filter((model) => model.project === this.dataset?.project);
  }

  async chooseDataset(dataset) {
    this.dataset = dataset;
    this.model = this.usable.find((model) => model.status === 'CHAMPION') ?? this.usable[0];
    if (dataset && this.rows.every((row) => row.category === '')) {
      const [{ categories }, thresholds] = await Promise.all([api(`projects/${dataset.project}`), api(`projects/${dataset.project}/thresholds`)]);
      const set = new Map(thresholds.categories.filter(({ threshold }) => threshold != null).map(({ category, threshold }) => [category, String(threshold)]));
      this.rows = categories.length ? categories.map((category) => ({ ...emptyPrompt(), category, threshold: set.get(category) ?? '' })) : [emptyPrompt()];
    }
  }

  async start(event) {
    event.preventDefault();
    const run = await this.attempt(() => api('labeling-runs', { json: {
      dataset: this.dataset.id, modelVersion: this.model.id,
      prompts: promptsOf(this.rows), thresholds: thresholdsOf(this.rows, this.fallback),
    } }));
    if (run) {
      open(`/runs/${run.id}`);
    }
  }

  render() {
    if (!this.datasets) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="stack tight"><p class="crumbs"><a href="/">Overview</a></p><h1>New labeling run</h1>
        <p class="quiet">A batch job runs the model over every image and proposes boxes. It can be stopped and goes on where it was; boxes that a person decided about stay as they are.</p></header>
      ${problemNote(this.problem)}
      ${this.datasets.length === 0 ? html`<p class="card empty">There is no dataset to label yet. <a class="button" href="/datasets/new">Register one</a></p>`
        : this.models.length === 0 ? html`<p class="card empty">There is no model to label with yet. <a class="button" href="/models/import">Import one</a></p>`
        : this.form()}`;
  }

  form() {
    return html`<form class="card form" @submit=${this.start}>
      ${field('Dataset', html`<select @change=${(event) => this.chooseDataset(this.datasets[event.target.selectedIndex])}>
        ${this.datasets.map((dataset) => html`<option ?selected=${dataset === this.dataset}>${dataset.name} (${counted(dataset.images, 'image')})</option>`)}</select>`)}
      ${field('Model version', html`<select @change=${(event) => { this.model = this.usable[event.target.selectedIndex]; }}>
        ${this.usable.map((model) => html`<option ?selected=${model === this.model}>${model.name}${model.status === 'CHAMPION' ? ', champion' : ''}</option>`)}</select>`)}
      ${promptEditor(this.rows, (rows) => { this.rows = rows; })}
      ${slider('Threshold for categories without one of their own', this.fallback, (score) => { this.fallback = score; })}
      <div class="row"><button class="button primary" ?disabled=${this.busy || !this.model}>Start the run</button><a class="button plain" href="/">Cancel</a></div>
    </form>`;
  }
}

customElements.define('gl-new-run', NewRun);
