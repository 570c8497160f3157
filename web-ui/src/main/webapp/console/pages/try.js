import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import '../gl-boxes.js';
import { emptyPrompt, promptEditor, promptsOf } from '../prompts.js';
import { Page, counted, field, percent, problemNote, slider, tone, untrainedNote } from '../ui.js';

/** Runs a model on one image with a prompt, to see what it finds before a dataset is labeled. */
class Try extends Page {
  static properties = {
    models: { state: true }, model: { state: true }, stored: { state: true }, file: { state: true }, size: { state: true },
    rows: { state: true }, caption: { state: true }, byCaption: { state: true },
    found: { state: true }, minScore: { state: true }, chosen: { state: true },
  };

  constructor() {
    super();
    this.rows = [emptyPrompt()];
    this.caption = '';
    this.byCaption = false;
    this.minScore = 0.5;
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Try a prompt – Gleaner';
    const asked = new URLSearchParams(location.search);
    const wanted = asked.get('image');
    this.attempt(async () => {
      this.models = (await all('model-versions')).filter((model) => model.status !== 'REJECTED').reverse();
      this.model = this.models.find((model) => model.id === Number(asked.get('model')))
        ?? this.models.find((model) => model.status === 'CHAMPION') ?? this.models[0];
      if (wanted) {
        this.stored = await api(`images/${wanted}`);
        this.size = this.stored;
      }
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  forget() {
    if (this.address) {
      URL.revokeObjectURL(this.address);
      this.address = null;
    }
  }

  async take(event) {
    this.forget();
    [this.file] = event.target.files;
    this.stored = null;
    this.found = null;
    this.size = null;
    if (this.file) {
      this.address = URL.createObjectURL(this.file);
      this.size = await measured(this.address);
    }
  }

  async detect(event) {
    event.preventDefault();
    const form = new FormData();
    form.set('modelVersion', this.model.id);
    if (this.stored) {
      form.set('imageId', this.stored.id);
    } else {
      form.set('image', this.file);
    }
    if (this.byCaption) {
      form.set('caption', this.caption);
    } else {
      form.set('prompts', JSON.stringify(promptsOf(this.rows)));
    }
    // Everything is asked for once; the slider then chooses without asking again.
    form.set('thresholds', JSON.stringify({ default: 0 }));
    const answer = await this.attempt(() => api('detect', { form }));
    if (answer) {
      this.found = answer.detections.map((detection, id) => ({ ...detection, id }));
      this.chosen = null;
    }
  }

  render() {
    if (!this.models) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const head = html`<header class="stack tight"><h1>Try a prompt</h1>
      <p class="quiet">One image, one model, any words. Nothing is stored.</p></header>`;
    if (this.models.length === 0) {
      return html`${head}<p class="card empty">There is no model yet. <a class="button" href="/models/import">Import one</a></p>`;
    }
    return html`${head}
      ${problemNote(this.problem)}
      <div class="side wide">
        <div class="stack">${this.model.untrained ? untrainedNote(this.model.name) : nothing}${this.picture()}</div>
        <aside class="stack">${this.form()}${this.found ? this.results() : nothing}</aside>
      </div>`;
  }

  picture() {
    if (!this.size) {
      return html`<section class="card empty"><h2>Choose an image</h2><p>Upload one here, or open an image of a dataset and choose “Try a prompt on it”.</p></section>`;
    }
    const src = this.stored ? `/api/images/${this.stored.id}/picture` : this.address;
    return html`<gl-boxes large src=${src} alt=${this.stored?.fileName ?? this.file.name} .width=${this.size.width} .height=${this.size.height}
      .boxes=${this.found ?? []} .minScore=${this.minScore} .chosen=${this.chosen} @choose=${(event) => { this.chosen = event.detail?.id ?? null; }}></gl-boxes>`;
  }

  form() {
    return html`<form class="card" @submit=${this.detect}>
      ${field('Image', html`<input type="file" accept="image/*" @change=${this.take}>`,
        { hint: this.stored ? `Now: ${this.stored.fileName}` : '' })}
      ${field('Model version', html`<select @change=${(event) => { this.model = this.models[event.target.selectedIndex]; this.found = null; }}>
        ${this.models.map((model) => html`<option ?selected=${model === this.model}>${model.name}${model.status === 'CHAMPION' ? ', champion' : ''}${model.untrained ? ', untrained' : ''}</option>`)}</select>`)}
      <div class="tabs" role="group" aria-label="Kind of prompt">
        <button type="button" aria-pressed=${!this.byCaption} @click=${() => { this.byCaption = false; }}>Categories</button>
        <button type="button" aria-pressed=${this.byCaption} @click=${() => { this.byCaption = true; }}>Caption</button>
      </div>
      ${this.byCaption
        ? field('Caption', html`<textarea rows="3" .value=${this.caption} @input=${(event) => { this.caption = event.target.value; }}
            placeholder="a raccoon on the grass beside a wooden fence"></textarea>`, { hint: 'Its noun phrases are looked for.' })
        : promptEditor(this.rows, (rows) => { this.rows = rows; }, { scores: false })}
      <button class="button primary" ?disabled=${this.busy || !this.size}>${this.busy ? 'Looking…' : 'Detect'}</button>
    </form>`;
  }

  results() {
    const visible = this.found.filter((detection) => detection.score >= this.minScore);
    return html`<section class="card stack" id="detections">
      <div><h2>${counted(visible.length, 'detection')}</h2>
        <p class="quiet small">of ${this.found.length} that the model gave at any score</p></div>
      ${slider('Threshold', this.minScore, (score) => { this.minScore = score; })}
      <div class="choices">${visible.map((box) => html`
        <button aria-pressed=${box.id === this.chosen} @click=${() => { this.chosen = box.id === this.chosen ? null : box.id; }}>
          <span class="swatch ${tone(box.category)}"></span><span class="grow">${box.category}</span><span class="quiet">${percent(box.score)}</span>
        </button>`)}</div>
    </section>`;
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
