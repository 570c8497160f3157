import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Page, at, badge, problemNote, untrainedBadge } from '../ui.js';

/** The model versions: where they came from, and which one is the champion. */
class Models extends Page {
  static properties = { models: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Model versions – Gleaner';
    this.load();
  }

  async load() {
    await this.attempt(async () => { this.models = (await all('model-versions')).reverse(); });
  }

  async command(model, name) {
    await this.attempt(() => api(`model-versions/${model.id}/${name}`, { method: 'POST' }));
    const problem = this.problem;
    await this.load();
    this.problem = problem;
  }

  render() {
    return html`
      <header class="row spread">
        <div class="stack tight"><h1>Model versions</h1>
          <p class="quiet">The champion is what a project labels with unless told otherwise.</p></div>
        <a class="button primary" href="/models/import">Import a model</a>
      </header>
      ${problemNote(this.problem)}
      ${!this.models ? html`<p class="quiet">Reading…</p>`
        : this.models.length === 0 ? html`<section class="card empty"><h2>No model yet</h2>
            <p>Bring an official GLIP checkpoint (.pth) with its YAML configuration and the BERT vocabulary.</p>
            <a class="button" href="/models/import">Import a model</a></section>`
        : html`<section class="stack">${this.models.map((model) => this.card(model))}</section>`}`;
  }

  card(model) {
    return html`<article class="card stack" id="model-${model.id}">
      <div class="row spread">
        <div class="row"><h2>${model.name}</h2>${badge(model.status)}${model.untrained ? untrainedBadge : nothing}</div>
        <div class="row">
          ${model.status === 'REJECTED' || model.tunedPrompt ? nothing : html`<a class="button" href="/train/new?model=${model.id}">Train it further</a>`}
          ${model.status === 'CHAMPION'
            ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.command(model, 'rollback')}>Roll back</button>`
            : model.status === 'REJECTED' ? nothing
            : html`<button class="button" ?disabled=${this.busy} @click=${() => this.command(model, 'promote')}>Promote</button>`}
        </div>
      </div>
      ${model.untrained ? html`<p class="note warn">Its weights were drawn at random. Its boxes mean nothing.</p>` : nothing}
      <dl class="facts plain">
        <div><dt>Architecture</dt><dd>${model.architecture}</dd></div>
        <div><dt>Came in</dt><dd>${at(model.createdAt)}</dd></div>
        ${model.parent ? html`<div><dt>${model.tunedPrompt ? 'Tuned prompt of' : 'Trained from'}</dt><dd><a href="#model-${model.parent}">${this.models.find(({ id }) => id === model.parent)?.name ?? `model ${model.parent}`}</a></dd></div>` : nothing}
        <div><dt>Became champion</dt><dd>${at(model.promotedAt)}</dd></div>
        <div><dt>Digest</dt><dd><code title=${model.sha256}>${model.sha256.slice(0, 12)}</code></dd></div>
      </dl>
      <details><summary class="quiet">What made it</summary>${tree(model.provenance)}</details>
    </article>`;
  }
}

/** Nested facts as nested lists. */
function tree(value) {
  if (value === null || typeof value !== 'object') {
    return html`<code>${value}</code>`;
  }
  return html`<ul class="samples">${Object.entries(value).map(([name, inner]) => html`<li>${name}: ${tree(inner)}</li>`)}</ul>`;
}

customElements.define('gl-models', Models);
