import { html, nothing } from 'lit';
import { api, followRun } from '../api.js';
import { Page, at, badge, count, counted, decimal, duration, problemNote, tone } from '../ui.js';

const PAGE = 50;

/** A labeling run as it goes. */
class Run extends Page {
  static properties = {
    run: { attribute: false },
    shown: { state: true }, dataset: { state: true }, model: { state: true }, connected: { state: true },
    quarantine: { state: true }, next: { state: true }, picked: { state: true },
  };

  constructor() {
    super();
    this.connected = true;
    this.quarantine = [];
    this.picked = new Set();
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = `Run ${this.run} – Gleaner`;
    this.attempt(async () => {
      this.shown = await api(`labeling-runs/${this.run}`);
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
    this.unfollow = followRun(`labeling-runs/${this.run}`, (run) => this.progressed(run), (connected) => { this.connected = connected; });
  }

  progressed(run) {
    this.connected = true;
    this.shown = run;
    if (run.quarantined !== this.quarantine.length && this.quarantine.length < PAGE) {
      this.readQuarantine(true);
    }
  }

  async readQuarantine(afresh) {
    await this.attempt(async () => {
      const page = await api(`labeling-runs/${this.run}/quarantine?limit=${PAGE}&after=${afresh ? 0 : this.next}`);
      this.quarantine = afresh ? page.items : [...this.quarantine, ...page.items];
      this.next = page.next;
    });
  }

  /** Tries quarantined images again: those that are picked, or all of them. */
  async retry() {
    const images = [...this.picked];
    const run = await this.attempt(() => api(`labeling-runs/${this.run}/quarantine/retry`, { json: images.length ? { images } : {} }));
    if (run) {
      this.picked = new Set();
      this.shown = run;
      this.readQuarantine(true);
      this.follow();
    }
  }

  pick(image) {
    this.picked = new Set(this.picked.has(image) ? [...this.picked].filter((one) => one !== image) : [...this.picked, image]);
  }

  async command(name) {
    const run = await this.attempt(() => api(`labeling-runs/${this.run}/${name}`, { method: 'POST' }));
    if (run) {
      this.shown = run;
      this.follow();
    }
  }

  render() {
    if (!this.shown || !this.model) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const { status, done, total, quarantined, imagesPerSecond, eta, stopRequested, error } = this.shown;
    const active = status === 'STARTING' || status === 'RUNNING';
    const canRestart = !active && status !== 'COMPLETED';
    return html`
      <header class="row spread">
        <div class="stack tight"><p class="crumbs"><a href="/runs">Runs</a> / <a href="/datasets/${this.dataset.id}">${this.dataset.name}</a></p>
          <div class="row"><h1>Run ${this.run}</h1>${badge(status)}</div></div>
        <div class="row">
          ${active ? html`<button class="button" ?disabled=${this.busy || stopRequested} @click=${() => this.command('stop')}>${stopRequested ? 'Stopping…' : 'Stop'}</button>` : nothing}
          ${canRestart ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.command('restart')}>Restart</button>` : nothing}
          <a class="button ${active ? '' : 'primary'}" href="/datasets/${this.dataset.id}">Look at the images</a>
        </div>
      </header>
      ${problemNote(this.problem)}
      ${this.connected || !active ? nothing : html`<p class="note warn" role="status">The server does not answer. The run goes on from its last checkpoint when it is back; this page reconnects by itself.</p>`}
      ${error ? html`<p class="note bad" role="alert"><strong>The run failed</strong><span>${error}</span></p>` : nothing}
      <section class="card stack" aria-label="Progress">
        <progress class="tall" max=${total || 1} value=${done} aria-label="Images labeled"></progress>
        <dl class="facts" aria-live="off">
          <div><dt>Images</dt><dd id="done">${count(done)} of ${count(total)}</dd></div>
          <div><dt>Speed</dt><dd>${imagesPerSecond ? `${decimal(imagesPerSecond)} images/s` : '–'}</dd></div>
          <div><dt>${active ? 'Time left' : 'Ended'}</dt><dd>${active ? (eta ? duration((new Date(eta) - Date.now()) / 1000) : '–') : at(this.shown.endedAt)}</dd></div>
          <div><dt>Quarantined</dt><dd>${count(quarantined)}</dd></div>
        </dl>
      </section>
      <div class="${this.quarantine.length ? 'stack' : 'columns'}">
        ${this.order()}
        ${this.quarantineTable()}
      </div>`;
  }

  order() {
    const { prompts, thresholds } = this.shown;
    return html`<section class="card flush">
      <header><h2>What it looks for</h2>
        <p class="quiet small">With <a href="/models">${this.model.name}</a> (${this.model.architecture}), ordered ${at(this.shown.createdAt)}</p></header>
      <div class="scroll"><table>
        <thead><tr><th>Category</th><th>Phrase</th><th class="number">Threshold</th></tr></thead>
        <tbody>${prompts.map((prompt) => html`<tr>
          <td class="name"><span class="row tight"><span class="swatch ${tone(prompt.category)}"></span>${prompt.category}</span></td>
          <td>${prompt.phrase}</td>
          <td class="number">${thresholds[prompt.category] ?? thresholds.default}</td>
        </tr>`)}</tbody>
      </table></div>
    </section>`;
  }

  quarantineTable() {
    const { status, quarantined } = this.shown;
    const active = status === 'STARTING' || status === 'RUNNING';
    const { picked } = this;
    return html`<section class="card flush" id="quarantine">
      <header class="row spread"><div class="stack tight"><h2>Quarantine</h2><p class="quiet small">Images that could not be labeled, and why. The run goes on without them.</p></div>
        ${quarantined ? html`<button class="button" ?disabled=${this.busy || active} title=${active ? 'When the run is at rest' : nothing} @click=${this.retry}>${picked.size ? `Try ${counted(picked.size, 'image')} again` : 'Try all again'}</button>` : nothing}</header>
      ${this.quarantine.length === 0 ? html`<p class="empty">Every image so far could be labeled.</p>` : html`
      <div class="scroll"><table>
        <thead><tr><th><span class="visually-hidden">Pick</span></th><th>Image</th><th>Reason</th><th>Since</th></tr></thead>
        <tbody>${this.quarantine.map((image) => html`<tr>
          <td><input type="checkbox" aria-label="Pick ${image.fileName}" ?disabled=${active} .checked=${picked.has(image.image)} @change=${() => this.pick(image.image)}></td>
          <td class="name"><a href="/images/${image.image}">${image.fileName}</a></td><td class="reason">${image.reason}</td><td class="nowrap">${at(image.at)}</td></tr>`)}</tbody>
      </table></div>
      ${active ? nothing : html`<p class="body quiet small">Mend what the reasons name, such as a file that was moved, and try again. What is still broken comes back here.</p>`}`}
      ${this.next ? html`<div class="body"><button class="button" @click=${() => this.readQuarantine(false)}>Load more</button></div>` : nothing}
    </section>`;
  }
}

customElements.define('gl-run', Run);
