import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Page, at, badge, count, decimal, percent, points, problemNote } from '../ui.js';

const AGAIN_MILLIS = 3000;
const PAGE = 50;

/** What was trained, newest first. */
class FineTunes extends Page {
  static properties = { fineTunes: { state: true }, names: { state: true }, next: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Train – Gleaner';
    this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  async load() {
    await this.attempt(async () => {
      const [page, datasets, models] = await Promise.all([
        api(`fine-tunes?limit=${Math.min(500, Math.max(PAGE, this.fineTunes?.length ?? 0))}`), all('datasets'), all('model-versions')]);
      this.fineTunes = page.items;
      this.next = page.next;
      this.names = { dataset: nameById(datasets), model: nameById(models) };
    });
    if (this.isConnected && (this.problem || this.fineTunes?.some(isActive))) {
      this.timer = setTimeout(() => this.load(), AGAIN_MILLIS);
    }
  }

  async more() {
    const page = await this.attempt(() => api(`fine-tunes?limit=${PAGE}&after=${this.next}`));
    if (page) {
      this.fineTunes = [...this.fineTunes, ...page.items];
      this.next = page.next;
    }
  }

  render() {
    if (!this.names) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="row spread">
        <div class="stack tight"><h1>Train</h1>
          <p class="quiet">Fine-tunes teach a model version what people vouch for on a dataset, and make a new version of it.</p></div>
        <a class="button primary" href="/train/new">New fine-tune</a>
      </header>
      ${problemNote(this.problem)}
      ${this.fineTunes.length === 0 ? html`<section class="card empty"><h2>Nothing trained yet</h2>
          <p>Choose a dataset that has boxes and a model to start from. The result is a candidate: nothing labels with it until you promote it.</p>
          <a class="button" href="/train/new">New fine-tune</a></section>` : this.table()}`;
  }

  table() {
    return html`<section class="card flush"><div class="scroll"><table>
      <thead><tr><th>Fine-tune</th><th>Status</th><th>Dataset</th><th>From</th><th>Mode</th><th class="number">Images</th><th class="number">Steps</th>
        <th class="number">Loss</th><th class="number">AP before</th><th class="number">AP after</th><th>Ordered</th></tr></thead>
      <tbody>${this.fineTunes.map((fineTune) => html`<tr>
        <td class="name"><a href="/train/${fineTune.id}">${fineTune.name}</a></td>
        <td>${badge(fineTune.status)}${isActive(fineTune) ? html` <span class="quiet small">${fineTune.phase === 'WAITING_FOR_DEVICE' ? 'waiting for the device' : percent(fineTune.step / fineTune.steps)}</span>` : nothing}</td>
        <td>${this.names.dataset.get(fineTune.dataset) ?? `dataset ${fineTune.dataset}`}</td>
        <td>${this.names.model.get(fineTune.base) ?? `model ${fineTune.base}`}</td>
        <td>${fineTune.settings.mode}${fineTune.settings.shots ? `, ${fineTune.settings.shots}-shot` : ''}</td>
        <td class="number">${count(fineTune.snapshot.images)}</td>
        <td class="number">${count(fineTune.steps)}</td>
        <td class="number">${fineTune.latestStep?.loss == null ? '–' : decimal(fineTune.latestStep.loss)}</td>
        <td class="number">${points(fineTune.before?.figures?.ap)}</td>
        <td class="number">${points(fineTune.after?.figures?.ap)}</td>
        <td>${at(fineTune.createdAt)}</td>
      </tr>`)}</tbody>
    </table></div>
    ${this.next ? html`<div class="body"><button class="button" ?disabled=${this.busy} @click=${this.more}>Load more</button></div>` : nothing}
    </section>`;
  }
}

const nameById = (things) => new Map(things.map(({ id, name }) => [id, name]));
const isActive = ({ status }) => status === 'STARTING' || status === 'RUNNING';

customElements.define('gl-fine-tunes', FineTunes);
