import { html, nothing } from 'lit';
import { api, followRun } from '../api.js';
import { lossesCard, withSteps } from '../losses.js';
import { Page, at, badge, change, count, counted, decimal, duration, percent, points, problemNote } from '../ui.js';

const AGAIN_MILLIS = 2000;
const QUARANTINE = 50;

/** A fine-tune as it goes: its losses, and AP before and after. */
class FineTune extends Page {
  static properties = {
    fineTune: { attribute: false },
    shown: { state: true }, dataset: { state: true }, base: { state: true }, made: { state: true }, connected: { state: true },
    steps: { state: true }, logarithmic: { state: true }, quarantine: { state: true },
  };

  constructor() {
    super();
    Object.assign(this, { connected: true, steps: [], logarithmic: true, quarantine: [] });
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(async () => {
      this.shown = await api(`fine-tunes/${this.fineTune}`);
      document.title = `${this.shown.name} – Gleaner`;
      [this.dataset, this.base] = await Promise.all([api(`datasets/${this.shown.dataset}`), api(`model-versions/${this.shown.base}`)]);
      this.follow();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unfollow?.();
    clearTimeout(this.timer);
  }

  follow() {
    this.unfollow?.();
    this.unfollow = followRun(`fine-tunes/${this.fineTune}`, (fineTune) => this.progressed(fineTune), (connected) => { this.connected = connected; });
  }

  progressed(fineTune) {
    this.connected = true;
    this.shown = fineTune;
    this.steps = withSteps(this.steps, fineTune.newSteps);
    if (fineTune.quarantined !== this.quarantine.length && this.quarantine.length < QUARANTINE) {
      this.attempt(async () => { this.quarantine = (await api(`fine-tunes/${this.fineTune}/quarantine?limit=${QUARANTINE}`)).items; });
    }
    if (fineTune.modelVersion && this.made?.id !== fineTune.modelVersion) {
      this.attempt(async () => { this.made = await api(`model-versions/${fineTune.modelVersion}`); });
    }
    this.awaitComparison();
  }

  /** The evaluations are jobs of their own, which may end after the training. */
  awaitComparison() {
    clearTimeout(this.timer);
    if (!isActive(this.shown) && [this.shown.before, this.shown.after].some((evaluation) => evaluation && isActive(evaluation))) {
      this.timer = setTimeout(async () => {
        const fineTune = await api(`fine-tunes/${this.fineTune}`).catch(() => null);
        if (this.isConnected) {
          this.shown = fineTune ?? this.shown;
          this.awaitComparison();
        }
      }, AGAIN_MILLIS);
    }
  }

  async command(name) {
    const fineTune = await this.attempt(() => api(`fine-tunes/${this.fineTune}/${name}`, { method: 'POST' }));
    if (fineTune) {
      this.shown = fineTune;
      this.follow();
    }
  }

  async promote() {
    const made = await this.attempt(() => api(`model-versions/${this.made.id}/promote`, { method: 'POST' }));
    this.made = made ?? this.made;
  }

  render() {
    if (!this.shown || !this.base) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const { name, status, stopRequested, error } = this.shown;
    const active = isActive(this.shown);
    return html`
      <header class="row spread">
        <div class="stack tight"><p class="crumbs"><a href="/train">Train</a>${this.shown.family
            ? html` / <a href="/evaluation-families/${this.shown.family}">Few-shot on several datasets</a>` : nothing}</p>
          <div class="row"><h1>${name}</h1>${badge(status)}</div>
          <p class="quiet"><a href="/models">${this.base.name}</a> trained on <a href="/datasets/${this.dataset.id}">${this.dataset.name}</a></p></div>
        <div class="row">
          ${active ? html`<button class="button" ?disabled=${this.busy || stopRequested} @click=${() => this.command('stop')}>${stopRequested ? 'Stopping…' : 'Stop'}</button>` : nothing}
          ${!active && status !== 'COMPLETED' ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.command('restart')}>Go on from the last checkpoint</button>` : nothing}
        </div>
      </header>
      ${problemNote(this.problem)}
      ${this.connected || !active ? nothing : html`<p class="note warn" role="status">The server does not answer. The training goes on from its last checkpoint when it is back; this page reconnects by itself.</p>`}
      ${error ? html`<p class="note bad" role="alert"><strong>The training failed</strong><span>${error}</span></p>` : nothing}
      ${this.made ? this.result() : nothing}
      ${this.progress(active)}
      ${this.shown.before ? this.comparison() : nothing}
      ${lossesCard(this.steps, this.logarithmic, (logarithmic) => { this.logarithmic = logarithmic; })}
      <div class="columns">${this.how()}${this.quarantine.length ? this.quarantineTable() : nothing}</div>`;
  }

  result() {
    const promotable = this.made.status === 'CANDIDATE' || this.made.status === 'RETIRED';
    return html`<section class="card next" id="result"><div class="stack tight">
        <div class="row"><h2>Model version “<a href="/models#model-${this.made.id}">${this.made.name}</a>”</h2>${badge(this.made.status)}</div>
        <p class="quiet">${this.made.status === 'CHAMPION' ? 'Its project labels with it.' : 'Nothing labels with it unless it is chosen, or promoted to champion.'}</p></div>
      <div class="row">
        <a class="button" href="/try?model=${this.made.id}">Try it</a>
        ${promotable ? html`<button class="button primary" ?disabled=${this.busy} @click=${this.promote}>Promote it</button>` : nothing}</div>
    </section>`;
  }

  progress(active) {
    const { status, phase, step, steps, stepsPerSecond, eta, quarantined, latestStep } = this.shown;
    const doing = !active ? null
      : phase === 'WAITING_FOR_DEVICE' ? 'Waiting for the device: another training is at work, and one at a time can be.'
      : phase === 'QUEUED' || status === 'STARTING' ? 'Waiting for a server.'
      : phase === 'REGISTERING' ? 'All steps are taken; the model version is being registered.' : null;
    return html`<section class="card stack" aria-label="Progress">
      ${doing ? html`<p id="waiting" role="status">${doing}</p>` : nothing}
      <progress class="tall" max=${steps} value=${step} aria-label="Steps taken"></progress>
      <dl class="facts" aria-live="off">
        <div><dt>Steps</dt><dd id="done">${count(step)} of ${count(steps)}</dd></div>
        <div><dt>Speed</dt><dd>${stepsPerSecond ? stepsPerSecond >= 1 ? `${decimal(stepsPerSecond)} steps/s` : `${decimal(1 / stepsPerSecond)} s a step` : '–'}</dd></div>
        <div><dt>${active ? 'Time left' : 'Ended'}</dt><dd>${active ? (eta ? duration((new Date(eta) - Date.now()) / 1000) : '–') : at(this.shown.endedAt)}</dd></div>
        <div><dt>Loss</dt><dd>${latestStep?.loss == null ? '–' : decimal(latestStep.loss)}</dd></div>
        <div><dt>Unreadable images</dt><dd>${count(quarantined)}</dd></div>
      </dl>
    </section>`;
  }

  comparison() {
    const { before, after } = this.shown;
    const cell = (evaluation, figure) => (evaluation?.figures ? points(evaluation.figures[figure]) : '–');
    const state = (evaluation) => (!evaluation ? html`<span class="quiet">when it is trained</span>`
      : html`<a href="/evaluations/${evaluation.evaluation}">Evaluation ${evaluation.evaluation}</a> ${evaluation.status === 'COMPLETED' ? nothing : badge(evaluation.status)}
        ${isActive(evaluation) ? html`<span class="quiet small">${percent(evaluation.total ? evaluation.done / evaluation.total : 0)}</span>` : nothing}`);
    const gain = (figure) => {
      const [a, b] = [before?.figures?.[figure], after?.figures?.[figure]];
      return change(a == null || b == null ? null : b - a);
    };
    return html`<section class="card flush" id="comparison">
      <header><h2>Before and after</h2><p class="quiet small">On ${counted(before.total, 'image')} that ${before.total === 1 ? 'was' : 'were'} not trained on, by the same boxes, in percent.</p></header>
      <div class="scroll"><table>
        <thead><tr><th></th><th class="number">AP</th><th class="number">AP50</th><th class="number">AP75</th><th class="number">AR</th><th>Evaluation</th></tr></thead>
        <tbody>
          <tr><th scope="row">Before</th>${['ap', 'ap50', 'ap75', 'ar'].map((figure) => html`<td class="number" data-before=${figure}>${cell(before, figure)}</td>`)}<td>${state(before)}</td></tr>
          <tr><th scope="row">After</th>${['ap', 'ap50', 'ap75', 'ar'].map((figure) => html`<td class="number" data-after=${figure}><strong>${cell(after, figure)}</strong></td>`)}<td>${state(after)}</td></tr>
          <tr><th scope="row">Gain</th>${['ap', 'ap50', 'ap75', 'ar'].map((figure) => html`<td class="number">${gain(figure)}</td>`)}<td></td></tr>
        </tbody></table></div>
    </section>`;
  }

  how() {
    const { settings, snapshot, prompts, startedBy, createdAt } = this.shown;
    const subset = snapshot.split ? `all but ${decimal(snapshot.split.fraction * 100)}% held out with seed ${snapshot.split.seed}` : snapshot.listed ? 'a list' : 'all';
    const fact = (term, value) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
    return html`<section class="card stack" id="how"><h2>How it is trained</h2>
      <dl class="facts plain">
        ${fact('Mode', settings.mode)}
        ${fact('Images', `${count(snapshot.images)} (${subset}${settings.shots ? `, ${settings.shots} of each category` : ''})`)}
        ${fact('Boxes', count(snapshot.boxes))}
        ${fact('Data', html`<code title=${snapshot.sha256}>${snapshot.sha256.slice(0, 12)}</code>`)}
        ${fact('Images a step', count(settings.batch))}
        ${fact('Learning rates', `${settings.learningRate}, language ${settings.languageLearningRate}, ${settings.schedule}`)}
        ${fact('Weight decay', settings.weightDecay)}
        ${fact('Gradient norm', settings.clip)}
        ${fact('Average', settings.ema || 'none')}
        ${fact('Augmentation', settings.augmentation)}
        ${fact('Regularised', settings.regularise ? 'as officially' : 'no')}
        ${fact('Precision', `${settings.bfloat16 ? 'bfloat16' : 'float32'}${settings.recompute ? ', recomputed' : ''}`)}
        ${fact('Seed', settings.seed)}
        ${fact('Ordered', `${at(createdAt)} by ${startedBy}`)}
      </dl>
      <details><summary>${counted(prompts.length, 'prompt')}</summary><ul class="samples">${prompts.map((prompt) => html`<li>${prompt.category}${prompt.phrase === prompt.category ? '' : html`: “${prompt.phrase}”`}</li>`)}</ul></details>
    </section>`;
  }

  quarantineTable() {
    return html`<section class="card flush" id="quarantine">
      <header><h2>Quarantine</h2><p class="quiet small">Images that could not be read, and why. Others took their places.</p></header>
      <div class="scroll"><table><thead><tr><th>Image</th><th>Reason</th></tr></thead>
        <tbody>${this.quarantine.map((image) => html`<tr><td class="name"><a href="/images/${image.image}">${image.fileName}</a></td><td>${image.reason}</td></tr>`)}</tbody></table></div>
    </section>`;
  }
}

const isActive = ({ status }) => status === 'STARTING' || status === 'RUNNING';

customElements.define('gl-fine-tune', FineTune);
