import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Page, at, count, counted, field, open, problemNote, tone } from '../ui.js';

const ORDERS = [
  ['ranked', 'What a correction teaches most', 'Unsure, rare, new and unlike each other first.'],
  ['random', 'By lot, for an audit', 'Each of the images has the same chance.'],
  ['stratified', 'By lot, evenly over categories', 'Rare categories come as often as common ones.'],
];
const AMONG = [
  ['open', 'Images with open proposals', 'What the model missed on other images is not seen.'],
  ['labeled', 'All that were labeled', 'Also those where nothing was found, and those that were decided: an audit of misses.'],
];
const SIZES = [['small', 'Small, below 32 × 32'], ['medium', 'Medium, below 96 × 96'], ['large', 'Large']];
const PAUSE_MILLIS = 250;
/** More categories than this get a box to find them by. */
const FEW = 12;

/** The form that makes a review queue. It shows what the queue would hold while its settings change. Fires nothing: it opens the new queue. */
class NewQueue extends Page {
  static properties = {
    datasets: { attribute: false }, projects: { attribute: false }, dataset: { state: true }, choices: { state: true }, wanted: { state: true }, found: { state: true },
    categories: { state: true }, counting: { state: true }, typed: { state: true }, refusal: { state: true },
  };

  constructor() {
    super();
    this.wanted = { order: 'ranked', among: 'open', limit: 500, checks: 5, consensus: 1, consensusShare: 10, name: '',
      categories: [], least: 0, most: 1, sizes: [], modelVersion: '', run: '', round: '' };
    this.typed = '';
  }

  connectedCallback() {
    super.connectedCallback();
    const asked = new URLSearchParams(location.search);
    if (asked.get('category')) {
      this.wanted = { ...this.wanted, categories: asked.getAll('category') };
    }
    this.sources = [...this.datasets, ...this.wholes()];
    this.dataset = this.sources.find((one) => one.id === Number(asked.get('dataset')) || !one.id && one.project === Number(asked.get('project'))) ?? this.datasets[0];
    this.chooseDataset(this.dataset, this.wanted);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  /** Projects of several datasets, each as if it were one dataset, without an id. */
  wholes() {
    return this.projects.map(({ id, name }) => ({ project: id, of: name, own: this.datasets.filter((one) => one.project === id).length }))
      .filter(({ own }) => own > 1).map(({ project, of, own }) => ({ id: null, project, name: `All ${own} datasets of ${of}` }));
  }

  /** What can be chosen depends on the dataset and its project. */
  chooseDataset(dataset, wanted = { ...this.wanted, categories: [], modelVersion: '', run: '', round: '' }) {
    this.dataset = dataset;
    this.wanted = wanted;
    this.choices = null;
    this.readChoices(dataset).catch((problem) => { this.problem = problem; });
    this.count();
  }

  async readChoices(dataset) {
    const [project, models, runs, rounds] = await Promise.all([api(`projects/${dataset.project}`), all('model-versions'), api('labeling-runs?limit=500'),
      api(`training-rounds?limit=500&project=${dataset.project}`)]);
    if (dataset === this.dataset) {
      this.choices = {
        categories: project.categories.toSorted((a, b) => a.localeCompare(b)),
        models: models.filter((model) => model.project === dataset.project).reverse(),
        runs: runs.items.filter((run) => (dataset.id ? run.dataset === dataset.id : this.datasets.some((one) => one.id === run.dataset && one.project === dataset.project))),
        rounds: rounds.items.filter((round) => round.candidate),
      };
    }
  }

  set(name, value) {
    this.wanted = { ...this.wanted, [name]: value };
    this.count();
  }

  toggle(name, value) {
    const chosen = this.wanted[name];
    this.set(name, chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  }

  order({ categories = this.wanted.categories } = {}) {
    const { order, among, limit, checks, consensus, consensusShare, least, most, sizes, modelVersion, run, round } = this.wanted;
    return {
      ...(this.dataset.id ? { dataset: this.dataset.id } : { project: this.dataset.project }), order, ...(order === 'ranked' ? {} : { among }), limit, checks: checks / 100, consensus, consensusShare: consensusShare / 100,
      filter: {
        ...(categories.length ? { categories } : {}), ...(least > 0 || most < 1 ? { scores: [least, most] } : {}), ...(sizes.length ? { sizes } : {}),
        ...(modelVersion ? { modelVersion: Number(modelVersion) } : {}), ...(run ? { run: Number(run) } : {}), ...(round ? { round: Number(round) } : {}),
      },
    };
  }

  /** Asks what the queue would hold, once the settings have not changed for a moment. */
  count() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.counting = true;
    this.timer = setTimeout(async () => {
      const asking = new AbortController();
      this.asking = asking;
      const preview = (order) => api('review-queues/preview', { json: order, signal: asking.signal });
      try {
        // Without its own choice of categories, the list of them shows what each would bring.
        const [found, unfiltered] = await Promise.all([preview(this.order()), this.wanted.categories.length ? preview(this.order({ categories: [] })) : null]);
        this.found = found;
        this.categories = new Map((unfiltered ?? found).categories.map((one) => [one.category, one]));
        this.refusal = null;
        this.counting = false;
      } catch (problem) {
        if (!asking.signal.aborted) {
          this.refusal = problem;
          this.counting = false;
        }
      }
    }, PAUSE_MILLIS);
  }

  create(event) {
    event.preventDefault();
    const name = this.wanted.name.trim() || `${this.dataset.name}, ${at(new Date())}`;
    this.attempt(async () => {
      const queue = await api('review-queues', { json: { ...this.order(), name } });
      open(`/review/${queue.id}`);
    });
  }

  error(name) {
    return { error: (this.problem ?? this.refusal)?.of?.(name) };
  }

  render() {
    const { wanted } = this;
    const [, , orderHint] = ORDERS.find(([value]) => value === wanted.order);
    const number = (name, label, hint, least, most) => field(label, html`<input type="number" name=${name} .value=${String(wanted[name])} min=${least} max=${most} required
      @input=${(event) => event.target.checkValidity() && this.set(name, Number(event.target.value))}>`, { hint, ...this.error(name) });
    return html`<form class="card" @submit=${this.create} aria-labelledby="new-queue">
      <h2 id="new-queue">New queue</h2>
      ${problemNote(this.problem)}
      <div class="columns narrow">
        ${field('Dataset', html`<select name="dataset" @change=${(event) => this.chooseDataset(this.sources[event.target.selectedIndex])}>
          ${this.sources.map((one) => html`<option value=${one.id ?? `project-${one.project}`} ?selected=${one === this.dataset}>${one.name}</option>`)}</select>`, this.error(this.dataset.id ? 'dataset' : 'project'))}
        ${field('Order', html`<select name="order" @change=${(event) => this.set('order', event.target.value)}>
          ${ORDERS.map(([value, label]) => html`<option value=${value} ?selected=${value === wanted.order}>${label}</option>`)}</select>`, { hint: orderHint, ...this.error('order') })}
        ${wanted.order === 'ranked' ? nothing : field('Among', html`<select name="among" @change=${(event) => this.set('among', event.target.value)}>
          ${AMONG.map(([value, label]) => html`<option value=${value} ?selected=${value === wanted.among}>${label}</option>`)}</select>`,
          { hint: AMONG.find(([value]) => value === wanted.among)[2], ...this.error('among') })}
        ${number('limit', 'Images at most', '', 1, 20000)}
        ${field('Name', html`<input type="text" name="name" placeholder="what it is of, and today" maxlength="200" .value=${wanted.name}
          @input=${(event) => { this.wanted = { ...wanted, name: event.target.value }; }}>`, this.error('name'))}
      </div>
      <details class="fold" ?open=${wanted.categories.length > 0}><summary>Only some of the proposals${this.filterNote()}</summary>${this.filters()}</details>
      <details class="fold"><summary>Checks and second opinions <span class="quiet">(${wanted.checks}% checks, ${wanted.consensus > 1 ? `${wanted.consensus} reviewers see ${wanted.consensusShare}%` : 'no second opinions'})</span></summary>
        <div class="columns narrow">
          ${field('Checks', html`<select name="checks" @change=${(event) => this.set('checks', Number(event.target.value))}>
            ${[0, 5, 10, 15].map((share) => html`<option value=${share} ?selected=${share === wanted.checks}>${share ? `${share}% of the items` : 'None'}</option>`)}</select>`,
            { hint: 'Images whose truth is known. They look like any other and show how well reviewing goes.', ...this.error('checks') })}
          ${field('Reviewers of an image', html`<select name="consensus" @change=${(event) => this.set('consensus', Number(event.target.value))}>
            ${[1, 2, 3, 4, 5].map((n) => html`<option value=${n} ?selected=${n === wanted.consensus}>${n === 1 ? 'One' : `${n}, who do not see each other’s answers`}</option>`)}</select>`,
            { hint: 'Where several look, it shows how far they agree.', ...this.error('consensus') })}
          ${wanted.consensus > 1 ? number('consensusShare', 'Of how many images, %', 'The others are seen once.', 1, 100) : nothing}
        </div></details>
      <div class="row spread"><p id="preview" role="status" aria-live="polite" aria-busy=${this.counting ? 'true' : 'false'}>${this.preview()}</p>
        <button class="button primary" ?disabled=${this.busy || (!this.counting && !this.refusal && this.found?.items === 0)}>Start reviewing</button></div>
    </form>`;
  }

  /** Whether images without an open proposal are drawn too. */
  audits() {
    return this.wanted.order !== 'ranked' && this.wanted.among === 'labeled';
  }

  filterNote() {
    const parts = Object.keys(this.order().filter).length;
    return parts ? html` <span class="badge info">${counted(parts, 'filter')}</span>` : nothing;
  }

  filters() {
    const { wanted, choices } = this;
    if (!choices) {
      return html`<p class="quiet">Reading…</p>`;
    }
    const select = (name, label, items, text, none) => field(label, html`<select name=${name} @change=${(event) => this.set(name, event.target.value)}>
      <option value="">${none}</option>${items.map((item) => html`<option value=${item.id} ?selected=${String(item.id) === wanted[name]}>${text(item)}</option>`)}</select>`, this.error(`filter.${name}`));
    const modelName = new Map(choices.models.map((model) => [model.id, model.name]));
    return html`<div class="stack">
      ${this.categoryChoice()}
      <div class="columns narrow">
        ${this.scoreBand()}
        <fieldset><legend>Size of the box</legend><div class="stack tight">${SIZES.map(([value, label]) => html`<label class="row nowrap tight">
          <input type="checkbox" name="sizes" value=${value} .checked=${wanted.sizes.includes(value)} @change=${() => this.toggle('sizes', value)}>${label}</label>`)}</div></fieldset>
        ${select('modelVersion', 'Proposed by model version', choices.models, (model) => model.name, 'Any')}
        ${select('run', 'Proposed by labeling run', choices.runs, (run) => `Run ${run.id}, ${modelName.get(run.modelVersion) ?? run.modelVersion}, ${at(run.createdAt)}`, 'Any')}
        ${select('round', 'Proposed by the model of round', choices.rounds, (round) => `${round.name}, ${at(round.createdAt)}`, 'Any')}
      </div></div>`;
  }

  categoryChoice() {
    const { categories } = this.choices;
    const chosen = new Set(this.wanted.categories);
    const shown = categories.filter((name) => chosen.has(name) || name.toLowerCase().includes(this.typed.toLowerCase()));
    if (categories.length === 0) {
      return html`<p class="quiet">The project has no category yet; a labeling run makes those it looks for.</p>`;
    }
    return html`<fieldset><legend>Categories</legend>
      ${categories.length > FEW ? html`<input type="text" aria-label="Find a category" placeholder="Find a category" .value=${this.typed} @input=${(event) => { this.typed = event.target.value; }}>` : nothing}
      <ul class="checks" aria-label="Categories">${shown.map((name) => html`<li><label class="row nowrap tight">
        <input type="checkbox" name="categories" value=${name} .checked=${chosen.has(name)} @change=${() => this.toggle('categories', name)}>
        <span class="swatch ${tone(name)}"></span><span class="grow">${name}</span><span class="quiet small">${count(this.categories?.get(name)?.images ?? 0)}</span></label></li>`)}</ul>
      <small class="quiet">${chosen.size ? html`${counted(chosen.size, 'category', 'categories')} of ${count(categories.length)}. <button type="button" class="link" @click=${() => this.set('categories', [])}>Take all again</button>`
        : 'All of them. The numbers are images with open proposals.'}</small>
    </fieldset>`;
  }

  scoreBand() {
    const { least, most } = this.wanted;
    const end = (name, label, value, from, to) => html`<label class="field"><span class="small">${label}</span><input type="number" name=${name} min=${from} max=${to} step="0.01" .value=${String(value)}
      @input=${(event) => event.target.checkValidity() && event.target.value !== '' && this.set(name, Number(event.target.value))}></label>`;
    return html`<fieldset><legend>Score</legend><div class="row nowrap upper">${end('least', 'From', least, 0, most)}${end('most', 'to', most, least, 1)}</div>
      ${this.error('filter.scores').error ? html`<small class="badge bad">Expected ${this.error('filter.scores').error.expected}</small>` : nothing}</fieldset>`;
  }

  preview() {
    const { found, refusal } = this;
    if (refusal) {
      return refusal.errors.length ? html`<span class="badge bad">${refusal.errors[0].field}: expected ${refusal.errors[0].expected}</span>` : refusal.message;
    }
    if (!found) {
      return 'Counting…';
    }
    if (found.items === 0) {
      return html`No open proposal is let through, so there is nothing to review. ${Object.keys(this.order().filter).length ? 'Widen the filter.'
        : this.dataset.id ? html`<a href="/runs/new?dataset=${this.dataset.id}">Label this dataset</a> first.` : html`<a href="/runs/new">Label a dataset</a> first.`}`;
    }
    const extra = [found.checks ? counted(found.checks, 'check') : null, found.opinions ? counted(found.opinions, 'second opinion') : null].filter(Boolean);
    return html`<strong>${counted(found.items, 'item')}</strong>${extra.length ? `: ${counted(found.images, 'image')}, ${extra.join(', ')}` : ''}.
      <span class="quiet">${found.more ? 'More than ' : ''}${this.audits() ? html`${counted(found.found, 'labeled image')}` : html`${counted(found.found, 'image')} with ${counted(found.boxes, 'open proposal')} ${found.found === 1 ? 'is' : 'are'} let through`}${found.checks === 0 && this.wanted.checks
        ? '; there are no checks: of too few images the truth is known, or there are too few to mix one in' : ''}.</span>`;
  }
}

customElements.define('gl-new-queue', NewQueue);
