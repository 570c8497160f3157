import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Page, at, badge, count, percent, points, problemNote } from '../ui.js';

const AGAIN_MILLIS = 3000;
const PAGE = 50;

/** What was evaluated, newest first. */
class Evaluations extends Page {
  static properties = { evaluations: { state: true }, families: { state: true }, names: { state: true }, next: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Evaluations – Gleaner';
    this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  async load() {
    await this.attempt(async () => {
      const [evaluations, families, datasets, models] = await Promise.all([
        api(`evaluations?limit=${Math.min(500, Math.max(PAGE, this.evaluations?.length ?? 0))}`), api('evaluation-families?limit=20'),
        all('datasets'), all('model-versions')]);
      this.evaluations = evaluations.items;
      this.next = evaluations.next;
      this.families = families.items;
      this.names = { dataset: nameById(datasets), model: nameById(models) };
    });
    if (this.isConnected && (this.problem || this.evaluations?.some(isActive))) {
      this.timer = setTimeout(() => this.load(), AGAIN_MILLIS);
    }
  }

  async more() {
    const page = await this.attempt(() => api(`evaluations?limit=${PAGE}&after=${this.next}`));
    if (page) {
      this.evaluations = [...this.evaluations, ...page.items];
      this.next = page.next;
    }
  }

  render() {
    if (!this.names) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="row spread">
        <div class="stack tight"><h1>Evaluations</h1>
          <p class="quiet">How well model versions find what people vouch for: boxes that came with a dataset, and boxes that reviewers took.</p></div>
        <div class="row"><a class="button" href="/evaluation-families/new">Evaluate on several datasets</a>
          <a class="button primary" href="/evaluations/new">New evaluation</a></div>
      </header>
      ${problemNote(this.problem)}
      ${this.evaluations.length === 0 ? html`<section class="card empty"><h2>No evaluation yet</h2>
          <p>Choose a dataset that has boxes and a model; a batch job computes COCO’s figures.</p>
          <a class="button" href="/evaluations/new">New evaluation</a></section>` : this.table()}
      ${this.families.length ? this.familyTable() : nothing}`;
  }

  table() {
    return html`<section class="card flush"><div class="scroll"><table>
      <thead><tr><th>Evaluation</th><th>Status</th><th>Dataset</th><th>Model</th><th>Protocol</th><th class="number">Images</th>
        <th class="number">AP</th><th class="number">AP50</th><th>Ordered</th></tr></thead>
      <tbody>${this.evaluations.map((evaluation) => html`<tr>
        <td class="name"><a href="/evaluations/${evaluation.id}">Evaluation ${evaluation.id}</a></td>
        <td>${badge(evaluation.status)}${isActive(evaluation) ? html` <span class="quiet small">${percent(evaluation.total ? evaluation.done / evaluation.total : 0)}</span>` : nothing}</td>
        <td>${this.names.dataset.get(evaluation.dataset) ?? `dataset ${evaluation.dataset}`}</td>
        <td>${this.names.model.get(evaluation.modelVersion) ?? `model ${evaluation.modelVersion}`}</td>
        <td>${evaluation.protocol}</td>
        <td class="number">${count(evaluation.total)}</td>
        <td class="number">${points(evaluation.figures?.ap)}</td>
        <td class="number">${points(evaluation.figures?.ap50)}</td>
        <td>${at(evaluation.createdAt)}</td>
      </tr>`)}</tbody>
    </table></div>
    ${this.next ? html`<div class="body"><button class="button" ?disabled=${this.busy} @click=${this.more}>Load more</button></div>` : nothing}
    </section>`;
  }

  familyTable() {
    return html`<section class="card flush">
      <header><h2>On several datasets</h2></header>
      <div class="scroll"><table>
        <thead><tr><th>Name</th><th>Model</th><th class="number">Datasets</th><th class="number">Mean AP</th><th class="number">Median AP</th><th>Ordered</th></tr></thead>
        <tbody>${this.families.map((family) => html`<tr>
          <td class="name"><a href="/evaluation-families/${family.id}">${family.name}</a></td>
          <td>${this.names.model.get(family.modelVersion) ?? `model ${family.modelVersion}`}</td>
          <td class="number">${count(family.evaluations.filter(({ status }) => status === 'COMPLETED').length)} of ${count(family.evaluations.length)}</td>
          <td class="number">${points(family.ap?.mean)}</td>
          <td class="number">${points(family.ap?.median)}</td>
          <td>${at(family.createdAt)}</td>
        </tr>`)}</tbody>
      </table></div>
    </section>`;
  }
}

const nameById = (things) => new Map(things.map(({ id, name }) => [id, name]));
const isActive = ({ status }) => status === 'STARTING' || status === 'RUNNING';

customElements.define('gl-evaluations', Evaluations);
