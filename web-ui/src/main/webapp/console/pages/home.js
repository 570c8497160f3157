import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Page, at, badge, count, counted, percent, problemNote } from '../ui.js';

const AGAIN_MILLIS = 3000;

/** What there is, and what to do next. */
class Home extends Page {
  static properties = { datasets: { state: true }, runs: { state: true }, models: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Overview – Gleaner';
    this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  async load() {
    await this.attempt(async () => {
      const [datasets, runs, models] = await Promise.all([
        api('datasets?limit=20'), api('labeling-runs?limit=10'), all('model-versions')]);
      [this.datasets, this.runs, this.models] = [datasets.items, runs.items, models.reverse()];
    });
    const moving = this.datasets?.some((dataset) => dataset.status === 'IMPORTING') || this.runs?.some(isActive);
    if (this.isConnected && (moving || this.problem)) {
      this.timer = setTimeout(() => this.load(), AGAIN_MILLIS);
    }
  }

  render() {
    if (!this.datasets) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <h1>Overview</h1>
      ${problemNote(this.problem)}
      ${this.next()}
      ${this.datasetTable()}
      <div class="columns">${this.runTable()}${this.modelTable()}</div>`;
  }

  next() {
    const active = this.runs.find(isActive);
    const ready = this.datasets.find((dataset) => dataset.status === 'READY');
    const done = this.runs.find((run) => run.status === 'COMPLETED');
    const step = (title, text, href, action) => html`<section class="card next">
      <div><h2>${title}</h2><p class="quiet">${text}</p></div><a class="button primary" href=${href}>${action}</a>
    </section>`;
    if (active) {
      return step(`Run ${active.id} is at work`, `${count(active.done)} of ${counted(active.total, 'image')} labeled.`,
        `/runs/${active.id}`, 'Watch it');
    }
    if (!this.models.length) {
      return step('Bring a model', 'Labeling needs a GLIP checkpoint with its configuration and vocabulary.', '/models/import', 'Import a model');
    }
    if (!this.datasets.length) {
      return step('Register images', 'A folder, a COCO file or a VOC folder on the server becomes a dataset.', '/datasets/new', 'New dataset');
    }
    if (done) {
      return step(`Look at what run ${done.id} proposed`, 'Every box tells which model, prompt and thresholds made it.',
        `/datasets/${done.dataset}`, 'Open the dataset');
    }
    if (ready) {
      return step(`Label “${ready.name}”`, 'Say what to look for; a batch job proposes the boxes.', `/runs/new?dataset=${ready.id}`, 'New run');
    }
    return nothing;
  }

  datasetTable() {
    return html`<section class="card flush">
      <header class="row spread"><h2>Datasets</h2><a class="button" href="/datasets/new">New dataset</a></header>
      ${this.datasets.length === 0 ? html`<p class="empty">No dataset yet. Register the first with “New dataset”.</p>` : html`
      <div class="scroll"><table>
        <thead><tr><th>Name</th><th>Status</th><th>Source</th><th class="number">Images</th><th class="number">Boxes it came with</th><th>Registered</th></tr></thead>
        <tbody>${this.datasets.map((dataset) => html`<tr>
          <td class="name"><a href="/datasets/${dataset.id}">${dataset.name}</a></td>
          <td>${badge(dataset.status)}</td>
          <td>${dataset.source.type}</td>
          <td class="number">${count(dataset.images)}</td>
          <td class="number">${count(dataset.annotations)}</td>
          <td>${at(dataset.createdAt)}</td>
        </tr>`)}</tbody>
      </table></div>`}
    </section>`;
  }

  runTable() {
    const nameOf = (id) => this.datasets.find((dataset) => dataset.id === id)?.name ?? `dataset ${id}`;
    return html`<section class="card flush">
      <header class="row spread"><h2>Labeling runs</h2><div class="row"><a href="/runs">All runs</a><a class="button" href="/runs/new">New run</a></div></header>
      ${this.runs.length === 0 ? html`<p class="empty">No run yet. A run labels one dataset with one model.</p>` : html`
      <div class="scroll"><table>
        <thead><tr><th>Run</th><th>Status</th><th>Progress</th></tr></thead>
        <tbody>${this.runs.map((run) => html`<tr>
          <td class="name"><a href="/runs/${run.id}">Run ${run.id}</a><br><span class="quiet small">${nameOf(run.dataset)}</span></td>
          <td>${badge(run.status)}</td>
          <td><progress max=${run.total || 1} value=${run.done} aria-label="Images of run ${run.id} labeled"></progress>
            <span class="quiet small">${count(run.done)} of ${count(run.total)}, ${percent(run.total ? run.done / run.total : 0)}</span></td>
        </tr>`)}</tbody>
      </table></div>`}
    </section>`;
  }

  modelTable() {
    return html`<section class="card flush">
      <header class="row spread"><h2>Model versions</h2><a class="button" href="/models/import">Import a model</a></header>
      ${this.models.length === 0 ? html`<p class="empty">No model yet. Bring a GLIP checkpoint with its configuration and vocabulary.</p>` : html`
      <div class="scroll"><table>
        <thead><tr><th>Name</th><th>Status</th><th>GLIP</th></tr></thead>
        <tbody>${this.models.slice(0, 8).map((model) => html`<tr>
          <td class="name"><a href="/models">${model.name}</a></td>
          <td>${badge(model.status)}</td>
          <td>${model.architecture}</td>
        </tr>`)}</tbody>
      </table></div>`}
    </section>`;
  }
}

const isActive = (run) => run.status === 'STARTING' || run.status === 'RUNNING';

customElements.define('gl-home', Home);
