import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { agreement } from '../boxes.js';
import '../gl-boxes.js';
import { emptyPrompt, promptEditor, promptsOf, rowsOf, versionText, versionsOf } from '../prompts.js';
import { Page, at, counted, field, percent, problemNote, slider, tone } from '../ui.js';

const PAGE = 12;
/** Runs whose prompts are offered, at most: the newest. */
const RUNS = 500;
const NAMES = ['A', 'B'];

/**
 * Runs a model on one image with a prompt, to see what it finds before a dataset is labeled; and a second model version or prompt beside it.
 * Everything is asked for once, at any score: thresholds then choose without asking again.
 */
class Try extends Page {
  static properties = {
    models: { state: true }, datasets: { state: true }, dataset: { state: true }, images: { state: true }, next: { state: true },
    stored: { state: true }, file: { state: true }, size: { state: true }, sides: { state: true },
    minScore: { state: true }, own: { state: true }, chosen: { state: true }, looking: { state: true },
  };

  constructor() {
    super();
    this.sides = [];
    this.images = [];
    this.minScore = 0.5;
    this.own = {};
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Try a prompt – Gleaner';
    const asked = new URLSearchParams(location.search);
    const wanted = asked.get('image');
    this.attempt(async () => {
      const [models, datasets, stored, runs] = await Promise.all([all('model-versions'), all('datasets'), wanted ? api(`images/${wanted}`) : null, api(`labeling-runs?limit=${RUNS}`)]);
      this.runs = runs.items;
      this.projects = new Map(datasets.map(({ id, project }) => [id, project]));
      this.models = models.filter((model) => model.status !== 'REJECTED').reverse();
      this.datasets = datasets.filter((dataset) => dataset.status === 'READY').reverse();
      const model = this.models.find(({ id }) => id === Number(asked.get('model'))) ?? this.models.find(({ status }) => status === 'CHAMPION') ?? this.models[0];
      this.sides = [{ model, rows: [emptyPrompt()], caption: '', byCaption: false, version: null, found: null }];
      if (stored) {
        this.take(stored);
      }
      await this.openDataset(this.datasets.find(({ id }) => id === (stored?.dataset ?? Number(asked.get('dataset')))) ?? this.datasets[0]);
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  async openDataset(dataset) {
    const versions = dataset ? versionsOf(this.runs.filter((run) => this.projects.get(run.dataset) === dataset.project)) : [];
    Object.assign(this, { dataset, versions, images: [], next: null });
    this.sides = this.sides.map((side) => ({ ...side, version: null }));
    if (dataset) {
      await this.moreImages();
    }
  }

  async moreImages() {
    const { dataset } = this;
    const page = await api(`datasets/${dataset.id}/images?limit=${PAGE}&after=${this.next ?? 0}`);
    if (dataset === this.dataset) {
      this.images = [...this.images, ...page.items];
      this.next = page.next;
    }
  }

  forget() {
    if (this.address) {
      URL.revokeObjectURL(this.address);
      this.address = null;
    }
  }

  /** @param {?object} image of a dataset; null for an uploaded one */
  take(image) {
    this.forget();
    this.stored = image;
    this.file = null;
    this.size = image;
    this.chosen = null;
    this.sides = this.sides.map((side) => ({ ...side, found: null }));
  }

  async upload(event) {
    const [file] = event.target.files;
    this.take(null);
    if (file) {
      this.file = file;
      this.address = URL.createObjectURL(file);
      this.size = await measured(this.address);
      if (!this.size) {
        this.problem = new Error(`${file.name} is no image that this browser can show; expected JPEG, PNG or another kind of picture.`);
      }
    }
  }

  set(index, changes) {
    this.sides = this.sides.map((side, i) => (i === index ? { ...side, ...changes } : side));
  }

  /** What a run has looked for, to be tried as it is or changed. */
  takeVersion(index, version) {
    this.set(index, { version, found: null, ...(version ? { rows: rowsOf(version), byCaption: false } : {}) });
  }

  compare() {
    this.sides = this.sides.length === 2 ? this.sides.slice(0, 1) : [...this.sides, { ...this.sides[0], rows: this.sides[0].rows.map((row) => ({ ...row })), found: null }];
    this.chosen = null;
  }

  async detect(event) {
    event.preventDefault();
    this.chosen = null;
    this.looking = true;
    await this.attempt(async () => {
      // Not at the same time: they would only wait for each other on the device.
      for (const [index, side] of this.sides.entries()) {
        this.set(index, { found: await this.found(side) });
      }
    });
    this.looking = false;
  }

  async found({ model, byCaption, caption, rows }) {
    const form = new FormData();
    form.set('modelVersion', model.id);
    if (this.stored) {
      form.set('imageId', this.stored.id);
    } else {
      form.set('image', this.file);
    }
    if (byCaption) {
      form.set('caption', caption);
    } else {
      form.set('prompts', JSON.stringify(promptsOf(rows)));
    }
    form.set('thresholds', JSON.stringify({ default: 0 }));
    const { detections } = await api('detect', { form });
    return detections.map((detection, id) => ({ ...detection, id }));
  }

  /** What the thresholds let through. */
  visible({ found }) {
    return (found ?? []).filter(({ category, score }) => score >= (this.own[category] ?? this.minScore));
  }

  render() {
    if (!this.models) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const two = this.sides.length === 2;
    const head = html`<header class="row spread"><div class="stack tight"><h1>Try a prompt</h1>
      <p class="quiet">Any image, any words, one model or two side by side. Nothing is stored.</p></div>
      ${this.models.length ? html`<button class="button" aria-pressed=${two} @click=${this.compare}>Side by side</button>` : nothing}</header>`;
    if (this.models.length === 0) {
      return html`${head}<p class="card empty">There is no model yet. <a class="button" href="/models/import">Import one</a></p>`;
    }
    const done = this.sides.every(({ found }) => found);
    return html`${head}
      ${problemNote(this.problem)}
      ${this.imageChoice()}
      <form @submit=${this.detect}>
        <div class="pair">${this.sides.map((side, index) => this.order(side, index, two))}</div>
        <div class="row"><button class="button primary" ?disabled=${this.looking || !this.size}>${this.looking ? 'Looking…' : 'Detect'}</button>
          ${this.size ? nothing : html`<span class="quiet">Choose an image first.</span>`}</div>
      </form>
      ${done ? this.thresholds(two) : nothing}
      ${this.size ? this.outcomes(two && done) : nothing}`;
  }

  imageChoice() {
    return html`<section class="card stack" aria-label="Image">
      <div class="columns narrow">
        ${this.datasets.length ? field('Image of a dataset', html`<select name="dataset" @change=${(event) => this.attempt(() => this.openDataset(this.datasets[event.target.selectedIndex]))}>
          ${this.datasets.map((dataset) => html`<option value=${dataset.id} ?selected=${dataset === this.dataset}>${dataset.name}</option>`)}</select>`) : nothing}
        ${field('Or one of your own', html`<input type="file" name="image" accept="image/*" @change=${this.upload}>`, { hint: this.stored ? `Now: ${this.stored.fileName}` : '' })}
      </div>
      ${this.images.length ? html`<ul class="strip" aria-label="Images of the dataset">${this.images.map((image) => html`<li>
        <button type="button" aria-pressed=${image.id === this.stored?.id} title=${image.fileName} @click=${() => this.take(image)}>
          <img src="/api/images/${image.id}/thumbnail" alt=${image.fileName} loading="lazy"></button></li>`)}
        ${this.next ? html`<li><button type="button" class="button" ?disabled=${this.busy} @click=${() => this.attempt(() => this.moreImages())}>More</button></li>` : nothing}</ul>` : nothing}
    </section>`;
  }

  order(side, index, two) {
    const change = (changes) => this.set(index, { ...changes, found: null });
    return html`<section class="card stack" aria-label=${two ? `Order ${NAMES[index]}` : 'Order'} data-side=${NAMES[index]}>
      ${two ? html`<h2>${NAMES[index]}</h2>` : nothing}
      ${field('Model version', html`<select @change=${(event) => change({ model: this.models[event.target.selectedIndex] })}>
        ${this.models.map((model) => html`<option ?selected=${model === side.model}>${model.name}${model.status === 'CHAMPION' ? ', champion' : ''}</option>`)}</select>`)}
      ${this.versions?.length ? field('Prompt', html`<select name="version" @change=${(event) => this.takeVersion(index, this.versions[event.target.selectedIndex - 1] ?? null)}>
        <option .selected=${!side.version}>Your own words</option>
        ${this.versions.map((version) => html`<option .selected=${version === side.version}>${versionText(version)}</option>`)}</select>`,
        { hint: side.version ? `As run ${side.version.run} looked, ordered ${at(side.version.createdAt)}` : 'Or what a run of this project looked for' }) : nothing}
      <div class="tabs" role="group" aria-label="Kind of prompt">
        <button type="button" aria-pressed=${!side.byCaption} @click=${() => change({ byCaption: false })}>Categories</button>
        <button type="button" aria-pressed=${side.byCaption} @click=${() => change({ byCaption: true, version: null })}>Caption</button>
      </div>
      ${side.byCaption
        ? field('Caption', html`<textarea rows="3" .value=${side.caption} @input=${(event) => change({ caption: event.target.value })}
            placeholder="a raccoon on the grass beside a wooden fence"></textarea>`, { hint: 'Its noun phrases are looked for.' })
        : promptEditor(side.rows, (rows) => change({ rows, version: null }), { scores: false })}
    </section>`;
  }

  thresholds(two) {
    const categories = [...new Set(this.sides.flatMap(({ found }) => found.map(({ category }) => category)))].sort();
    const shown = this.sides.map((side) => this.visible(side).length);
    const all = this.sides.map(({ found }) => found.length);
    const scores = this.sides.flatMap(({ found }) => found.map(({ score }) => score));
    const best = scores.length ? Math.max(...scores) : null;
    return html`<section class="card stack" id="detections">
      <div><h2>${two ? `${counted(shown[0], 'detection')} of A, ${shown[1]} of B` : counted(shown[0], 'detection')}</h2>
        <p class="quiet small">of ${all.join(' and ')} that the model gave at any score${best === null ? '' : `; the best has ${percent(best)}`}</p></div>
      <div class="columns narrow">
        ${slider('Threshold', this.minScore, (score) => { this.minScore = score; })}
        ${categories.length > 1 && categories.length <= 12 ? categories.map((category) => slider(html`<span class="swatch ${tone(category)}"></span> ${category}${category in this.own ? '' : ', as all'}`,
          this.own[category] ?? this.minScore, (score) => { this.own = { ...this.own, [category]: score }; })) : nothing}
      </div>
      ${Object.keys(this.own).length ? html`<div class="row"><button class="button" @click=${() => { this.own = {}; }}>One threshold for all</button></div>` : nothing}
    </section>`;
  }

  /** The image with what was found; side by side, what both find and what only one of them does look apart. */
  outcomes(compared) {
    let boxes = this.sides.map((side) => this.visible(side));
    let legend = nothing;
    if (compared) {
      const { both, onlyA, onlyB } = agreement(...boxes);
      const look = (name) => (box) => ({ ...box, look: name });
      boxes = [[...both.map(([a]) => a).map(look('both')), ...onlyA.map(look('only-a'))], [...both.map(([, b]) => b).map(look('both')), ...onlyB.map(look('only-b'))]];
      legend = html`<ul class="legend" id="agreement"><li><span class="swatch both"></span>${counted(both.length, 'detection')} of both</li>
        <li><span class="swatch only-a"></span>${onlyA.length} of A only</li><li><span class="swatch only-b"></span>${onlyB.length} of B only</li></ul>`;
    }
    const src = this.stored ? `/api/images/${this.stored.id}/picture` : this.address;
    const name = this.stored?.fileName ?? this.file?.name;
    return html`${legend}<div class=${this.sides.length === 2 ? 'pair' : 'side wide'}>${this.sides.map((side, index) => html`<figure class="stack tight" data-outcome=${NAMES[index]}>
        ${this.sides.length === 2 ? html`<figcaption><h3>${NAMES[index]}: ${side.model.name}${side.version ? `, prompt version ${side.version.number}` : ''}</h3></figcaption>` : nothing}
        <gl-boxes large src=${src} alt=${name} .width=${this.size.width} .height=${this.size.height} .boxes=${boxes[index]}
          .chosen=${this.chosen?.side === index ? this.chosen.id : null} @choose=${(event) => { this.chosen = event.detail && { side: index, id: event.detail.id }; }}></gl-boxes>
        ${this.sides.length === 2 ? this.list(boxes[index], index) : nothing}</figure>`)}
      ${this.sides.length === 1 && this.sides[0].found ? html`<aside class="card">${this.list(boxes[0], 0)}</aside>` : nothing}</div>`;
  }

  list(boxes, side) {
    if (boxes.length === 0) {
      return this.sides[side].found ? html`<p class="quiet">Nothing reaches the threshold.</p>` : nothing;
    }
    return html`<div class="choices">${boxes.toSorted((a, b) => b.score - a.score).map((box) => {
      const chosen = this.chosen?.side === side && this.chosen.id === box.id;
      return html`<button type="button" aria-pressed=${chosen} @click=${() => { this.chosen = chosen ? null : { side, id: box.id }; }}>
        <span class="swatch ${box.look ?? tone(box.category)}"></span><span class="grow">${box.category}</span><span class="quiet">${percent(box.score)}</span></button>`;
    })}</div>`;
  }
}

/** An uploaded image's size, upright, as the browser will show it; nothing when the browser cannot. */
function measured(address) {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight });
    image.onerror = () => resolve(null);
    image.src = address;
  });
}

customElements.define('gl-try', Try);
