import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Page, at, badge, points, problemNote } from '../ui.js';

/** AP figures that a version shows before the others are folded away. */
const FIGURES = 3;

/** The model versions as a tree: what was trained from what, how good each is, and which one is the champion. */
class Models extends Page {
  static properties = { models: { state: true }, projects: { state: true }, makers: { state: true }, rounds: { state: true }, measured: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Model versions – Gleaner';
    this.load();
  }

  async load() {
    await this.attempt(async () => {
      const [models, projects, fineTunes, rounds, evaluations, datasets] = await Promise.all([
        all('model-versions'), api('projects'), all('fine-tunes'), all('training-rounds'), all('evaluations'), all('datasets')]);
      this.projects = new Map(projects.items.map(({ id, name }) => [id, name]));
      this.makers = new Map(fineTunes.filter(({ modelVersion }) => modelVersion).map((fineTune) => [fineTune.modelVersion, fineTune]));
      this.rounds = new Map(rounds.filter(({ candidate }) => candidate).map((round) => [round.candidate, round]));
      this.measured = latest(evaluations, new Map(datasets.map(({ id, name }) => [id, name])));
      this.models = models.reverse();
    });
    if (location.hash && this.models) {
      await this.updateComplete;
      this.querySelector(`[id="${location.hash.slice(1)}"]`)?.scrollIntoView();
    }
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
          <p class="quiet">The champion is what a project labels with unless told otherwise. What was trained from a version stands under it.</p></div>
        <div class="row">${this.models?.length > 1 ? html`<a class="button" href="/models/compare">Compare two versions</a>` : nothing}
          <a class="button primary" href="/models/import">Import a model</a></div>
      </header>
      ${problemNote(this.problem)}
      ${!this.models ? html`<p class="quiet">Reading…</p>`
        : this.models.length === 0 ? html`<section class="card empty"><h2>No model yet</h2>
            <p>Bring an official GLIP checkpoint (.pth) with its YAML configuration and the BERT vocabulary.</p>
            <a class="button" href="/models/import">Import a model</a></section>`
        : [...new Set(this.models.map(({ project }) => project))].map((project) => this.project(project))}`;
  }

  project(project) {
    const own = this.models.filter((model) => model.project === project);
    const known = new Set(own.map(({ id }) => id));
    const champion = own.find(({ status }) => status === 'CHAMPION');
    return html`<section class="stack" aria-label="Versions of ${this.projects.get(project)}">
      ${this.projects.size > 1 ? html`<h2>${this.projects.get(project)}</h2>` : nothing}
      <ul class="tree">${own.filter(({ parent }) => !known.has(parent)).map((root) => this.branch(root, own, champion))}</ul></section>`;
  }

  /** A version, and under it what was trained from it, the oldest first. */
  branch(model, own, champion) {
    const children = own.filter(({ parent }) => parent === model.id).reverse();
    return html`<li>${this.card(model, champion)}
      ${children.length ? html`<ul class="tree" aria-label="Trained from ${model.name}">${children.map((child) => this.branch(child, own, champion))}</ul>` : nothing}</li>`;
  }

  card(model, champion) {
    const maker = this.makers.get(model.id);
    const round = this.rounds.get(model.id);
    const parent = this.models.find(({ id }) => id === model.parent);
    const rival = champion && champion !== model ? champion : parent;
    return html`<article class="card stack" id="model-${model.id}">
      <div class="row spread">
        <div class="row"><h3>${model.name}</h3>${badge(model.status)}</div>
        <div class="row">
          ${rival ? html`<a class="button plain" href="/models/compare?a=${rival.id}&b=${model.id}">Compare with ${rival === champion ? 'the champion' : 'its parent'}</a>` : nothing}
          ${model.status === 'REJECTED' || model.tunedPrompt ? nothing : html`<a class="button" href="/train/new?model=${model.id}">Train it further</a>`}
          ${model.status === 'CHAMPION'
            ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.command(model, 'rollback')}>Roll back</button>`
            : model.status === 'REJECTED' ? nothing
            : html`<button class="button" ?disabled=${this.busy} @click=${() => this.command(model, 'promote')}>Promote</button>`}
        </div>
      </div>
      ${round?.decision === 'REFUSED' && round.reasons.length ? html`<p class="quiet">Refused: ${round.reasons.join('; ')}.</p>` : nothing}
      <dl class="facts plain">
        <div><dt>Architecture</dt><dd>${model.architecture}</dd></div>
        <div><dt>Came in</dt><dd>${at(model.createdAt)}</dd></div>
        ${parent ? html`<div><dt>${model.tunedPrompt ? 'Tuned prompt of' : 'Trained from'}</dt><dd><a href="#model-${parent.id}">${parent.name}</a></dd></div>` : nothing}
        ${round ? html`<div><dt>Made by</dt><dd><a href="/rounds/${round.id}">Round “${round.name}”</a></dd></div>`
          : maker ? html`<div><dt>Made by</dt><dd><a href="/train/${maker.id}">Fine-tune “${maker.name}”</a></dd></div>` : nothing}
        ${round?.decision ? html`<div><dt>Gate</dt><dd>${badge(round.decision)}${round.comparison ? html` <span class="quiet small">AP ${points(round.comparison.before)} to ${points(round.comparison.after)}</span>` : nothing}</dd></div>` : nothing}
        ${model.promotedAt ? html`<div><dt>Became champion</dt><dd>${at(model.promotedAt)}</dd></div>` : nothing}
        <div><dt>AP</dt><dd class="ap">${this.figures(model)}</dd></div>
      </dl>
      <details><summary class="quiet">What made it</summary>${facts({ sha256: model.sha256, ...model.provenance })}</details>
    </article>`;
  }

  figures(model) {
    const own = this.measured.get(model.id);
    if (!own) {
      return html`<span class="quiet">not measured yet</span>`;
    }
    const line = ({ id, ap, where }) => html`<div><a href="/evaluations/${id}">${points(ap)}</a> <span class="quiet small">on ${where}</span></div>`;
    return html`${own.slice(0, FIGURES).map(line)}
      ${own.length > FIGURES ? html`<details><summary class="quiet small">${own.length - FIGURES} more</summary>${own.slice(FIGURES).map(line)}</details>` : nothing}`;
  }
}

/** The newest AP of each version on each set of images, by version. Evaluations come with the newest first. */
function latest(evaluations, datasets) {
  const byModel = new Map();
  const seen = new Set();
  for (const { id, status, modelVersion, dataset, figures, snapshot } of evaluations) {
    const key = `${modelVersion} ${snapshot?.sha256}`;
    if (status === 'COMPLETED' && figures && !seen.has(key)) {
      seen.add(key);
      byModel.set(modelVersion, [...(byModel.get(modelVersion) ?? []),
        { id, ap: figures.ap, where: `${datasets.get(dataset) ?? `dataset ${dataset}`}, ${snapshot.images} images` }]);
    }
  }
  return byModel;
}

/** Nested facts as nested lists. */
function facts(value) {
  if (value === null || typeof value !== 'object') {
    return html`<code>${value}</code>`;
  }
  return html`<ul class="samples">${Object.entries(value).map(([name, inner]) => html`<li>${name}: ${facts(inner)}</li>`)}</ul>`;
}

customElements.define('gl-models', Models);
