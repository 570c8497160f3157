import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Page, at, badge, count, counted, decimal, duration, percent, problemNote } from '../ui.js';

const PAGE = 50;
const AGAIN_MILLIS = 1500;

/** The labeling runs, newest first, with how far each of them is. */
class Runs extends Page {
  static properties = { runs: { state: true }, next: { state: true }, names: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Runs – Gleaner';
    this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  async load() {
    clearTimeout(this.timer);
    await this.attempt(async () => {
      const page = await api(`labeling-runs?limit=${Math.min(500, Math.max(PAGE, this.runs?.length ?? 0))}`);
      if (!this.names || page.items.some(({ id }) => !this.runs?.some((run) => run.id === id))) {
        const [datasets, models] = await Promise.all([all('datasets'), all('model-versions')]);
        this.names = { dataset: new Map(datasets.map(({ id, name }) => [id, name])), model: new Map(models.map(({ id, name }) => [id, name])) };
      }
      this.runs = page.items;
      this.next = page.next;
    });
    if (this.isConnected && (this.problem || this.runs?.some(isActive))) {
      this.timer = setTimeout(() => this.load(), AGAIN_MILLIS);
    }
  }

  async more() {
    const page = await this.attempt(() => api(`labeling-runs?limit=${PAGE}&after=${this.next}`));
    if (page) {
      this.runs = [...this.runs, ...page.items];
      this.next = page.next;
    }
  }

  render() {
    if (!this.runs) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="row spread"><div class="stack tight"><h1>Labeling runs</h1><p class="quiet">A run takes a dataset through a model and proposes boxes.</p></div>
        <a class="button primary" href="/runs/new">New run</a></header>
      ${problemNote(this.problem)}
      ${this.runs.length === 0 ? html`<section class="card empty"><h2>No run yet</h2><p>Say what to look for in a dataset; a batch job proposes the boxes.</p>
        <a class="button primary" href="/runs/new">New run</a></section>` : html`
      <section class="card flush"><div class="scroll"><table>
        <thead><tr><th>Run</th><th>Dataset</th><th>Model version</th><th>Status</th><th>Progress</th><th class="number">Images/s</th><th class="number">Quarantined</th><th>Ordered</th></tr></thead>
        <tbody>${this.runs.map((run) => html`<tr data-run=${run.id}>
          <td class="name nowrap"><a href="/runs/${run.id}">Run ${run.id}</a></td>
          <td>${this.names.dataset.get(run.dataset) ?? run.dataset}</td><td>${this.names.model.get(run.modelVersion) ?? run.modelVersion}</td>
          <td>${badge(run.status)}</td>
          <td><progress max=${run.total || 1} value=${run.done} aria-label="Images of run ${run.id} labeled"></progress>
            <span class="quiet small nowrap">${count(run.done)} of ${counted(run.total, 'image')}, ${run.eta ? `${duration((new Date(run.eta) - Date.now()) / 1000)} left` : percent(run.total ? run.done / run.total : 0)}</span></td>
          <td class="number">${run.imagesPerSecond ? decimal(run.imagesPerSecond) : '–'}</td>
          <td class="number">${run.quarantined ? html`<a href="/runs/${run.id}" aria-label="${counted(run.quarantined, 'image')} in quarantine">${count(run.quarantined)}</a>` : '0'}</td>
          <td>${at(run.createdAt)}</td></tr>`)}</tbody></table></div>
        ${this.next ? html`<div class="body"><button class="button" ?disabled=${this.busy} @click=${this.more}>Load more</button></div>` : nothing}</section>`}`;
  }
}

const isActive = (run) => run.status === 'STARTING' || run.status === 'RUNNING';

customElements.define('gl-runs', Runs);
