import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { agreement, atLeast } from '../boxes.js';
import '../gl-boxes.js';
import { emptyPrompt, promptEditor, promptsOf } from '../prompts.js';
import { Page, count, counted, field, percent, problemNote, slider } from '../ui.js';

/** How many images are asked about at a time. */
const AT_ONCE = 3;
const LOOKS = [['both', 'Both find it'], ['only-a', 'Only A'], ['only-b', 'Only B']];

/** Two model versions on the same images, those first on which they differ most. The server is asked once for each image; thresholds are chosen afterwards. */
class Compare extends Page {
  static properties = {
    datasets: { state: true }, models: { state: true }, dataset: { state: true }, a: { state: true }, b: { state: true },
    rows: { state: true }, most: { state: true }, images: { state: true }, results: { state: true }, running: { state: true },
    minA: { state: true }, minB: { state: true }, tied: { state: true }, overlaid: { state: true }, chosen: { state: true },
  };

  constructor() {
    super();
    Object.assign(this, { rows: [emptyPrompt()], most: '50', results: new Map(), minA: 0.5, minB: 0.5, tied: true, overlaid: false });
    this.pressed = (event) => this.key(event);
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Compare two versions – Gleaner';
    window.addEventListener('keydown', this.pressed);
    this.attempt(async () => {
      const [datasets, models] = await Promise.all([all('datasets'), all('model-versions')]);
      const asked = new URLSearchParams(location.search);
      const wanted = (things, name) => things.find(({ id }) => id === Number(asked.get(name)));
      this.models = models.reverse();
      this.datasets = datasets.filter(({ status }) => status === 'READY');
      const [a, b] = [wanted(this.models, 'a'), wanted(this.models, 'b')];
      const project = (a ?? b)?.project;
      const fitting = this.datasets.filter((dataset) => project === undefined || dataset.project === project);
      this.chooseDataset(wanted(fitting, 'dataset') ?? fitting.find(({ annotations }) => annotations > 0) ?? fitting[0]);
      this.noDataset = project !== undefined && fitting.length === 0;
      this.b = b && b.project === this.dataset?.project ? b : this.b;
      this.a = a ?? (this.b?.id === this.a?.id ? this.usable.find(({ id }) => id !== this.b.id) : this.a);
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.pressed);
    this.controller?.abort();
  }

  get usable() {
    return this.models.filter(({ project }) => project === this.dataset?.project);
  }

  chooseDataset(dataset) {
    this.dataset = dataset;
    this.forget();
    this.b = this.usable.find(({ status }) => status === 'CANDIDATE') ?? this.usable[0];
    this.a = this.usable.find((model) => model.status === 'CHAMPION' && model !== this.b) ?? this.usable.find((model) => model !== this.b);
    this.readImages();
  }

  forget() {
    this.controller?.abort();
    this.results = new Map();
    this.chosen = null;
    this.begun = null;
  }

  /** The images to go through, and the categories of their boxes, which are proposed as prompts. */
  async readImages() {
    const { dataset } = this;
    if (!dataset) {
      return;
    }
    await this.attempt(async () => {
      const images = await firstImages(dataset.id, Number(this.most) || 1);
      const project = await api(`projects/${dataset.project}`);
      if (dataset === this.dataset) {
        this.images = images;
        if (!this.written) {
          const seen = [...new Set(images.flatMap(({ boxes }) => boxes.map(({ category }) => category)))].sort();
          const categories = seen.length ? seen : project.categories;
          this.rows = categories.length ? categories.map((category) => ({ ...emptyPrompt(), category })) : [emptyPrompt()];
        }
      }
    });
  }

  start(event) {
    event.preventDefault();
    this.forget();
    history.replaceState(null, '', `/models/compare?a=${this.a.id}&b=${this.b.id}&dataset=${this.dataset.id}`);
    this.begun = { a: this.a, b: this.b, prompts: JSON.stringify(promptsOf(this.rows)) };
    this.goOn();
  }

  /** Goes through the images that have no result yet, a few at a time. */
  async goOn() {
    const controller = new AbortController();
    this.controller = controller;
    const { begun } = this;
    const pending = this.images.filter(({ id }) => !this.results.has(id));
    const worker = async () => {
      for (let image = pending.shift(); image && !controller.signal.aborted; image = pending.shift()) {
        const result = await this.look(image, begun, controller.signal);
        if (!controller.signal.aborted) {
          this.results = new Map(this.results).set(image.id, result);
        }
      }
    };
    this.problem = null;
    this.running = true;
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    } catch (problem) {
      if (!controller.signal.aborted) {
        this.problem = problem;
      }
      controller.abort();
    } finally {
      if (this.controller === controller) {
        this.running = false;
      }
    }
  }

  /** What both versions find in an image at any score; `failure` where it cannot be read. */
  async look(image, { a, b, prompts }, signal) {
    const found = async (model) => {
      const form = new FormData();
      form.set('modelVersion', model.id);
      form.set('imageId', image.id);
      form.set('prompts', prompts);
      form.set('thresholds', JSON.stringify({ default: 0 }));
      const { detections } = await api('detect', { form, signal });
      return detections.map((detection, index) => ({ ...detection, id: index }));
    };
    try {
      return { image, a: await found(a), b: await found(b) };
    } catch (problem) {
      if (problem.errors?.some((error) => error.field === 'image' || error.field === 'imageId')) {
        return { image, failure: problem.errors[0].expected };
      }
      throw problem;
    }
  }

  willUpdate(changed) {
    if (['results', 'minA', 'minB'].some((name) => changed.has(name))) {
      this.order = [...this.results.values()].filter(({ failure }) => !failure).map(({ image, a, b }) => {
        const found = agreement(atLeast(a, this.minA), atLeast(b, this.minB));
        return { image, found, differences: found.onlyA.length + found.onlyB.length };
      }).sort((one, other) => other.differences - one.differences || one.image.id - other.image.id);
    }
  }

  get shown() {
    return this.order.find(({ image }) => image.id === this.chosen) ?? this.order[0];
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step && this.order?.length && !event.altKey && !event.ctrlKey && !event.metaKey && !event.target.closest?.('input, select, textarea')) {
      event.preventDefault();
      this.move(step);
    }
  }

  move(step) {
    const next = this.order[this.order.indexOf(this.shown) + step];
    if (next) {
      this.chosen = next.image.id;
      this.updateComplete.then(() => this.querySelector(`#differences [data-image="${next.image.id}"]`)?.scrollIntoView({ block: 'nearest' }));
    }
  }

  render() {
    if (!this.models) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const empty = (title, text, href, action) => html`<section class="card empty"><h2>${title}</h2><p>${text}</p><a class="button" href=${href}>${action}</a></section>`;
    return html`
      <header class="stack tight"><p class="crumbs"><a href="/models">Model versions</a></p><h1>Compare two versions</h1>
        <p class="quiet">Both look at the same images with the same prompts. Nothing is stored.</p></header>
      ${problemNote(this.problem)}
      ${this.models.length === 0 ? empty('No model yet', 'Two versions are needed for a comparison. Bring the first one.', '/models/import', 'Import a model')
        : !this.dataset ? empty('No dataset yet', this.noDataset ? 'The project of these versions has no dataset to look at.' : 'Register the images that both versions shall look at.', '/datasets/new', 'New dataset')
        : this.usable.length < 2 ? html`${this.form()}${empty('One version only', 'Train it further; then you can see here what the training has changed.', `/train/new?dataset=${this.dataset.id}`, 'Train a model')}`
        : html`${this.form()}${this.begun ? this.outcome() : nothing}`}`;
  }

  form() {
    const choose = (name, other) => html`<select name=${name} @change=${(event) => { this[name] = this.usable[event.target.selectedIndex]; this.forget(); }}>
      ${this.usable.map((model) => html`<option value=${model.id} ?selected=${model === this[name]} ?disabled=${model === this[other]}>${named(model)}</option>`)}</select>`;
    const proposed = promptsOf(this.rows);
    return html`<form class="card" id="what" @submit=${this.start}>
      <div class="columns narrow">
        ${field('Version A', choose('a', 'b'))}
        ${field('Version B', choose('b', 'a'))}
        ${field('Dataset', html`<select name="dataset" @change=${(event) => this.chooseDataset(this.datasets[event.target.selectedIndex])}>
          ${this.datasets.map((dataset) => html`<option value=${dataset.id} ?selected=${dataset === this.dataset}>${dataset.name} (${counted(dataset.images, 'image')})</option>`)}</select>`)}
        ${field('Images at most', html`<input type="number" name="most" min="1" max="2000" step="1" required .value=${this.most}
          @change=${(event) => { this.most = event.target.value; this.forget(); this.readImages(); }}>`, { hint: 'The first of the dataset.' })}
      </div>
      <details ?open=${proposed.length === 0}><summary>${proposed.length ? `Looking for ${proposed.map(({ category, phrase }) => phrase ?? category).join(', ')}` : 'Say what to look for'}</summary>
        ${promptEditor(this.rows, (rows) => { this.rows = rows; this.written = true; this.forget(); }, { scores: false })}</details>
      <div class="row">
        <button class="button primary" ?disabled=${this.running || this.busy || !this.a || !this.b || !this.images?.length || proposed.length === 0}>${this.begun ? 'Compare again' : 'Compare'}</button>
        ${this.running ? html`<button type="button" class="button" @click=${() => this.controller.abort()}>Stop</button>` : nothing}
        ${this.begun && !this.running && this.results.size < this.images.length ? html`<button type="button" class="button" @click=${this.goOn}>Go on</button>` : nothing}
        ${this.images && !this.images.length ? html`<span class="quiet">The dataset has no image.</span>` : nothing}
      </div>
    </form>`;
  }

  outcome() {
    const { a, b } = this.begun;
    const failed = [...this.results.values()].filter(({ failure }) => failure);
    return html`
      <section class="card stack" aria-label="Progress and thresholds">
        <div class="stack tight"><progress class="tall" max=${this.images.length} value=${this.results.size} aria-label="Images compared"></progress>
          <p class="quiet small" id="done" role="status">${count(this.results.size)} of ${counted(this.images.length, 'image')}${this.running ? '' : this.results.size < this.images.length ? ', stopped' : ''}</p></div>
        ${failed.length ? html`<details><summary class="note warn">${counted(failed.length, 'image')} could not be looked at</summary>
          <ul class="samples">${failed.map(({ image, failure }) => html`<li><a href="/images/${image.id}">${image.fileName}</a>: expected ${failure}</li>`)}</ul></details>` : nothing}
        ${this.thresholds()}
        ${this.order.length ? this.summary() : nothing}
      </section>
      ${this.order.length ? html`<div class="side slim">${this.viewer(this.shown)}${this.list()}</div>` : nothing}`;
  }

  thresholds() {
    const set = (names) => (score) => { names.forEach((name) => { this[name] = score; }); };
    return html`<div class="columns narrow" id="thresholds">
      ${this.tied ? slider('Threshold of both', this.minA, set(['minA', 'minB']))
        : html`${slider('Threshold of A', this.minA, set(['minA']))}${slider('Threshold of B', this.minB, set(['minB']))}`}
      <label class="row base"><input type="checkbox" name="tied" .checked=${this.tied}
        @change=${(event) => { this.tied = event.target.checked; this.minB = this.minA; }}> <span>The same for both</span></label>
    </div>`;
  }

  /** How much they agree, by category. */
  summary() {
    const categories = new Map();
    const add = (category, kind) => {
      const row = categories.get(category) ?? { both: 0, onlyA: 0, onlyB: 0 };
      row[kind]++;
      categories.set(category, row);
    };
    for (const { found } of this.order) {
      found.both.forEach(([{ category }]) => add(category, 'both'));
      found.onlyA.forEach(({ category }) => add(category, 'onlyA'));
      found.onlyB.forEach(({ category }) => add(category, 'onlyB'));
    }
    const rows = [...categories].sort(([one], [other]) => one.localeCompare(other));
    return html`<div class="scroll" id="summary"><table>
      <caption class="visually-hidden">Detections by category</caption>
      <thead><tr><th>Category</th>${LOOKS.map(([look, meaning]) => html`<th class="number"><span class="swatch ${look}"></span> ${meaning}</th>`)}</tr></thead>
      <tbody>${rows.length ? rows.map(([category, { both, onlyA, onlyB }]) => html`<tr><th scope="row">${category}</th>
        <td class="number">${count(both)}</td><td class="number">${count(onlyA)}</td><td class="number">${count(onlyB)}</td></tr>`)
        : html`<tr><td colspan="4" class="quiet">Neither finds anything with this score. Lower the threshold.</td></tr>`}</tbody>
    </table></div>`;
  }

  viewer({ image, found, differences }) {
    const place = this.order.findIndex((entry) => entry.image === image);
    const boxes = (a, b, both) => [
      ...found.both.map(([one, other]) => ({ ...(b && !a ? other : one), look: 'both', note: 'both find it',
        ...(both ? { text: `${one.category} ${percent(one.score)} / ${percent(other.score)}` } : {}) })),
      ...(a ? found.onlyA.map((box) => ({ ...box, look: 'only-a', note: 'only A finds it', ...(both ? { text: `A: ${box.category} ${percent(box.score)}` } : {}) })) : []),
      ...(b ? found.onlyB.map((box) => ({ ...box, look: 'only-b', note: 'only B finds it', ...(both ? { text: `B: ${box.category} ${percent(box.score)}` } : {}) })) : []),
    ].map((box, id) => ({ ...box, id }));
    const picture = (title, shown) => html`<figure class="stack tight"><figcaption class="small"><strong>${title}</strong></figcaption>
      <gl-boxes large src="/api/images/${image.id}/picture" alt="${image.fileName}: ${title}" .width=${image.width} .height=${image.height} .boxes=${shown}></gl-boxes></figure>`;
    return html`<section class="card stack" id="viewer" data-image=${image.id}>
      <div class="row spread">
        <div><h2><a href="/images/${image.id}">${image.fileName}</a></h2>
          <p class="quiet small" aria-live="polite">Image ${count(place + 1)} of ${count(this.order.length)}, ${counted(differences, 'difference')}, ${count(found.both.length)} agreed</p></div>
        <div class="row">
          <div class="tabs" role="group" aria-label="Show the versions">
            <button type="button" aria-pressed=${!this.overlaid} @click=${() => { this.overlaid = false; }}>Side by side</button>
            <button type="button" aria-pressed=${this.overlaid} @click=${() => { this.overlaid = true; }}>Overlaid</button></div>
          <button type="button" class="button" aria-label="Previous image" title="Arrow left" ?disabled=${place === 0} @click=${() => this.move(-1)}>←</button>
          <button type="button" class="button" aria-label="Next image" title="Arrow right" ?disabled=${place === this.order.length - 1} @click=${() => this.move(1)}>→</button>
        </div>
      </div>
      <ul class="legend" aria-label="Legend">${LOOKS.map(([look, meaning]) => html`<li><span class="swatch ${look}"></span>${meaning}</li>`)}</ul>
      ${this.overlaid ? picture(`A, ${this.begun.a.name}, and B, ${this.begun.b.name}`, boxes(true, true, true))
        : html`<div class="pair">${picture(`A: ${this.begun.a.name}`, boxes(true, false, false))}${picture(`B: ${this.begun.b.name}`, boxes(false, true, false))}</div>`}
      <p class="quiet small">A find is the same when its category is, and the boxes overlap by half (IoU 0.5).${this.overlaid ? ' Where both agree, the box of A is drawn, with both scores.' : ''}
        The arrow keys lead to the next and the previous image.</p>
    </section>`;
  }

  list() {
    const { shown } = this;
    return html`<aside class="card stack" id="differences"><div><h2>Images</h2><p class="quiet small">Those first on which they differ most.</p></div>
      <div class="choices tall">${this.order.map((entry) => html`
        <button type="button" data-image=${entry.image.id} aria-pressed=${entry === shown} @click=${() => { this.chosen = entry.image.id; }}>
          <img class="thumb" src="/api/images/${entry.image.id}/thumbnail" alt="" loading="lazy" decoding="async">
          <span class="grow">${entry.image.fileName}<br>
            <span class="badge ${entry.differences ? 'warn' : 'good'}">${entry.differences ? counted(entry.differences, 'difference') : 'they agree'}</span></span>
        </button>`)}</div></aside>`;
  }
}

const named = ({ name, status }) => `${name}${status === 'CHAMPION' ? ', champion' : status === 'REJECTED' ? ', rejected' : ''}`;

async function firstImages(dataset, most) {
  const images = [];
  let after = 0;
  do {
    const page = await api(`datasets/${dataset}/images?boxes=true&limit=${Math.min(500, most - images.length)}&after=${after}`);
    images.push(...page.items);
    after = page.next;
  } while (after && images.length < most);
  return images;
}

customElements.define('gl-compare', Compare);
