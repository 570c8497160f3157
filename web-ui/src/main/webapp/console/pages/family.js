import { html, nothing } from 'lit';
import { api } from '../api.js';
import { Page, at, badge, count, percent, points, problemNote } from '../ui.js';

const AGAIN_MILLIS = 2000;

/** One model on several datasets: a table of APs, with their mean and median. */
class Family extends Page {
  static properties = { family: { attribute: false }, shown: { state: true }, model: { state: true }, entering: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  async load() {
    await this.attempt(async () => {
      this.shown = await api(`evaluation-families/${this.family}`);
      document.title = `${this.shown.name} – Gleaner`;
      this.model ??= await api(`model-versions/${this.shown.modelVersion}`);
    });
    if (this.isConnected && (this.problem || this.shown?.evaluations.some(isActive) || this.shown?.fewShot?.datasets.some(({ runs }) => runs.some(isUnderWay)))) {
      this.timer = setTimeout(() => this.load(), AGAIN_MILLIS);
    }
  }

  async enter(event) {
    event.preventDefault();
    const given = new FormData(event.target);
    const supervisedAp = Object.fromEntries(this.shown.evaluations.map(({ dataset }) => {
      const text = given.get(`supervised-${dataset}`).trim();
      return [dataset, text === '' ? null : Number(text) / 100];
    }));
    const family = await this.attempt(() => api(`evaluation-families/${this.family}/supervised`, { method: 'PUT', json: { supervisedAp } }));
    if (family) {
      this.shown = family;
      this.entering = false;
    }
  }

  render() {
    if (!this.shown || !this.model) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const { name, shots, protocol, evaluations, ap, supervisedAp, startedBy, createdAt } = this.shown;
    const done = evaluations.filter(({ status }) => status === 'COMPLETED').length;
    return html`
      <header class="row spread">
        <div class="stack tight"><p class="crumbs"><a href="/evaluations">Evaluations</a></p><h1>${name}</h1>
          <p class="quiet"><a href="/models">${this.model.name}</a>, ${shots == null ? 'zero-shot' : `zero-shot and ${shots}-shot`}, ${protocol === 'coco' ? 'COCO' : 'LVIS with fixed AP'}.
            Ordered ${at(createdAt)} by ${startedBy}.</p></div>
        ${this.entering ? nothing : html`<button class="button" @click=${() => { this.entering = true; }}>Enter supervised APs</button>`}
      </header>
      ${problemNote(this.problem)}
      <section class="card"><dl class="facts">
        <div><dt>Mean AP</dt><dd id="mean">${points(ap?.mean)}</dd></div>
        <div><dt>Median AP</dt><dd id="median">${points(ap?.median)}</dd></div>
        <div><dt>Supervised, mean AP</dt><dd>${points(supervisedAp?.mean)}</dd></div>
        <div><dt>Datasets</dt><dd id="done">${count(done)} of ${count(evaluations.length)}</dd></div>
      </dl></section>
      <form class="card flush" id="summary" @submit=${this.enter}>
        <div class="scroll"><table>
          <thead><tr><th>Dataset</th><th>Status</th><th class="number">Images</th><th class="number">AP</th><th class="number">AP50</th>
            <th class="number">Supervised AP</th><th class="number">Difference</th></tr></thead>
          <tbody>${evaluations.map((row) => this.row(row))}</tbody>
          <tfoot>
            <tr><th scope="row">Mean</th><td></td><td></td><td class="number"><strong>${points(ap?.mean)}</strong></td><td></td><td class="number">${points(supervisedAp?.mean)}</td><td></td></tr>
            <tr><th scope="row">Median</th><td></td><td></td><td class="number"><strong>${points(ap?.median)}</strong></td><td></td><td class="number">${points(supervisedAp?.median)}</td><td></td></tr>
          </tfoot>
        </table></div>
        ${this.entering ? html`<div class="body row"><button class="button primary" ?disabled=${this.busy}>Keep them</button>
          <button type="button" class="button plain" @click=${() => { this.entering = false; }}>Cancel</button></div>` : nothing}
      </form>
      ${this.shown.fewShot ? this.fewShot() : nothing}`;
  }

  /** AP by dataset and seed, beside the model as it is. */
  fewShot() {
    const { fewShot, shots, evaluations } = this.shown;
    const seeds = fewShot.datasets[0].runs.map(({ seed }) => seed);
    const spread = (ap) => (ap ? `${points(ap.mean)} ± ${points(ap.deviation)}` : '–');
    const run = (cell) => html`<td class="number">${cell.evaluation ? html`<a href="/evaluations/${cell.evaluation}">${points(cell.ap)}</a>` : nothing}
      ${cell.evaluation && cell.ap != null ? nothing : html`<a class="small" href="/train/${cell.fineTune}" title=${cell.error ?? ''}>${cell.status === 'RUNNING' && cell.phase === 'TRAINING'
        ? percent(cell.step / cell.steps) : cell.status === 'STARTING' ? 'waiting' : cell.evaluation ? 'evaluating' : cell.status.toLowerCase()}</a>`}</td>`;
    return html`<section class="card flush" id="few-shot">
      <header><h2>${shots}-shot</h2><p class="quiet small">Tuned on images such that each category is in ${shots === 1 ? 'at least one' : `at least ${shots}`}, drawn by seed; AP in percent, by the same gold as above.
        The spread is the standard deviation over the seeds.</p></header>
      <div class="scroll"><table>
        <thead><tr><th>Dataset</th><th class="number">Zero-shot</th>${seeds.map((seed) => html`<th class="number">Seed ${seed}</th>`)}<th class="number">Mean</th></tr></thead>
        <tbody>${fewShot.datasets.map((row, place) => html`<tr><td class="name">${evaluations[place].name}</td><td class="number">${points(evaluations[place].ap)}</td>
          ${row.runs.map(run)}<td class="number"><strong>${spread(row.ap)}</strong></td></tr>`)}</tbody>
        <tfoot><tr><th scope="row">Mean</th><td class="number">${points(this.shown.ap?.mean)}</td>${seeds.map(() => html`<td></td>`)}
          <td class="number"><strong id="few-shot-mean">${spread(fewShot.ap)}</strong></td></tr></tfoot>
      </table></div>
    </section>`;
  }

  row(row) {
    const { evaluation, dataset, name, status, done, total, ap, ap50, supervisedAp, error } = row;
    return html`<tr>
      <td class="name"><a href="/evaluations/${evaluation}">${name}</a>${error ? html`<br><span class="quiet small">${error}</span>` : nothing}</td>
      <td>${badge(status)}${isActive(row) ? html` <span class="quiet small">${percent(total ? done / total : 0)}</span>` : nothing}</td>
      <td class="number">${count(total)}</td>
      <td class="number">${points(ap)}</td>
      <td class="number">${points(ap50)}</td>
      <td class="number">${this.entering ? html`<input class="short" type="number" name="supervised-${dataset}" min="0" max="100" step="any" aria-label="Supervised AP on ${name}, in percent"
        value=${supervisedAp == null ? '' : Number((supervisedAp * 100).toFixed(6))}>` : points(supervisedAp)}</td>
      <td class="number">${ap == null || supervisedAp == null ? '–' : points(ap - supervisedAp)}</td>
    </tr>`;
  }
}

const isUnderWay = (run) => isActive(run) || (run.evaluation && run.ap == null);
const isActive = ({ status }) => status === 'STARTING' || status === 'RUNNING';

customElements.define('gl-family', Family);
