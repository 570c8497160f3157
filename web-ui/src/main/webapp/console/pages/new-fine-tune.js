import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { emptyPrompt, promptEditor, promptsOf } from '../prompts.js';
import { Page, counted, field, isPlain, open, problemNote } from '../ui.js';

const MODES = [
  ['full', 'Everything', 'Every parameter changes. It learns most; take it unless you have very few images.'],
  ['language-frozen', 'Everything but the language', 'The model learns to see, and keeps what it knows of words.'],
  ['linear-probe', 'The last layers', 'Only the last layers change: little is learnt, and little forgotten.'],
  ['prompt', 'The prompts alone', 'A vector for each word of the prompts is learnt, and the model stays as it is. All prompts have to fit one text.'],
  ['dyhead', 'A detector without language', 'The supervised baseline: it starts from what the model sees, and detects the categories that it is trained on and no others.'],
];
const AUGMENTATIONS = [
  ['official', 'Official: five sizes, mirror images'], ['strong', 'Strong: cropped and recoloured as well, for few images'], ['none', 'None'],
];
/** Numbers under “More settings”: name, label, what stands in the empty field, hint. */
const NUMBERS = [
  ['batch', 'Images a step', '4', 'They go through the model one at a time, so memory does not grow with it.'],
  ['learningRate', 'Learning rate', '0.0001', 'Lower it when the losses jump; the official training on COCO takes 0.00001.'],
  ['languageLearningRate', 'Learning rate of the language', '0.00001', 'Too high, and the model forgets words.'],
  ['weightDecay', 'Weight decay', '0.05', ''],
  ['clip', 'Gradient norm', '1', 'Gradients are scaled down to it.'],
  ['ema', 'Average', '0', 'What the average of the parameters keeps at a step, such as 0.999; 0 is none.'],
  ['seed', 'Seed', '3', 'Draws everything random. On a CPU the same seed gives the same weights.'],
  ['checkpointEvery', 'Steps between checkpoints', 'about every two minutes', 'A killed server loses no more than what came after the last.'],
];

/** Orders a fine-tune. */
class NewFineTune extends Page {
  static properties = {
    datasets: { state: true }, models: { state: true }, dataset: { state: true }, model: { state: true }, name: { state: true },
    heldOut: { state: true }, fraction: { state: true }, splitSeed: { state: true }, validation: { state: true }, mode: { state: true },
    shots: { state: true }, length: { state: true }, amount: { state: true }, own: { state: true }, rows: { state: true },
    schedule: { state: true }, augmentation: { state: true }, regularise: { state: true }, recompute: { state: true },
  };

  constructor() {
    super();
    Object.assign(this, { name: '', heldOut: 'split', fraction: 25, splitSeed: 3, mode: 'full', shots: '', length: 'epochs', amount: '', own: false,
      rows: [emptyPrompt()], schedule: 'steps', augmentation: 'official', regularise: true, recompute: true, numbers: {} });
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = 'New fine-tune – Gleaner';
    this.attempt(async () => {
      const [datasets, models] = await Promise.all([all('datasets'), all('model-versions')]);
      const asked = new URLSearchParams(location.search);
      this.models = models.filter((model) => model.status !== 'REJECTED' && !model.tunedPrompt).reverse();
      this.datasets = datasets.filter((dataset) => dataset.status === 'READY');
      const base = this.models.find((model) => model.id === Number(asked.get('model')));
      const fitting = base ? this.datasets.filter((dataset) => dataset.project === base.project) : this.datasets;
      this.chooseDataset(fitting.find((dataset) => dataset.id === Number(asked.get('dataset')))
        ?? fitting.find((dataset) => dataset.annotations > 0) ?? fitting[0] ?? this.datasets[0]);
      if (base && base.project === this.dataset?.project) {
        this.model = base;
      }
      this.proposeName();
    });
  }

  get usable() {
    return this.models.filter((model) => model.project === this.dataset?.project);
  }

  get others() {
    return this.datasets.filter((dataset) => dataset.project === this.dataset?.project && dataset !== this.dataset);
  }

  chooseDataset(dataset) {
    this.dataset = dataset;
    this.model = this.usable.find((model) => model.status === 'CHAMPION') ?? this.usable[0];
    this.validation = this.others[0];
    this.proposeName();
  }

  /** Until somebody writes one. */
  proposeName() {
    if (this.named || !this.model || !this.dataset) {
      return;
    }
    const wanted = `${this.model.name} on ${this.dataset.name}`;
    const taken = new Set(this.usable.map((model) => model.name));
    let number = 2;
    this.name = wanted;
    while (taken.has(this.name)) {
      this.name = `${wanted} ${number++}`;
    }
  }

  order() {
    const numbers = Object.fromEntries(Object.entries(this.numbers).filter(([, text]) => text !== '').map(([name, text]) => [name, Number(text)]));
    return {
      name: this.name, dataset: this.dataset.id, modelVersion: this.model.id, mode: this.mode, schedule: this.schedule, augmentation: this.augmentation,
      regularise: this.regularise, recompute: this.recompute, ...numbers,
      ...(this.shots === '' ? {} : { shots: Number(this.shots) }),
      ...(this.amount === '' ? {} : { [this.length]: Number(this.amount) }),
      ...(this.own ? { prompts: promptsOf(this.rows) } : {}),
      ...(this.heldOut === 'split' ? { split: { fraction: Number(this.fraction) / 100, seed: Number(this.splitSeed) } } : {}),
      ...(this.heldOut === 'dataset' ? { validation: { dataset: this.validation.id } } : {}),
    };
  }

  async start(event) {
    event.preventDefault();
    const fineTune = await this.attempt(() => api('fine-tunes', { json: this.order() }));
    if (fineTune) {
      open(`/train/${fineTune.id}`);
    } else if (this.problem?.errors?.some((error) => NUMBERS.some(([name]) => name === error.field))) {
      this.querySelector('details').open = true;
    }
  }

  render() {
    if (!this.datasets) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="stack tight"><p class="crumbs"><a href="/train">Train</a></p><h1>New fine-tune</h1>
        <p class="quiet">A batch job trains a copy of a model on the boxes that people vouch for, as they are now: those that came with the dataset and those that reviewers took, never proposals. The model it starts from stays as it is.</p></header>
      ${problemNote(this.problem)}
      ${this.datasets.length === 0 ? html`<p class="card empty">There is no dataset yet. <a class="button" href="/datasets/new">Register one</a></p>`
        : this.models.length === 0 ? html`<p class="card empty">There is no model to start from yet. <a class="button" href="/models/import">Import one</a></p>`
        : this.form()}`;
  }

  form() {
    const set = (name) => (event) => { this[name] = event.target.value; };
    const tick = (name) => (event) => { this[name] = event.target.checked; };
    const wrong = (name) => this.problem?.of?.(name);
    return html`<form class="card form" @submit=${this.start}>
      ${field('Dataset', html`<select name="dataset" @change=${(event) => this.chooseDataset(this.datasets[event.target.selectedIndex])}>
        ${this.datasets.map((dataset) => html`<option ?selected=${dataset === this.dataset}>${dataset.name} (${counted(dataset.images, 'image')}, ${counted(dataset.annotations, 'box', 'boxes')})</option>`)}</select>`,
        { error: wrong('dataset') })}
      ${isPlain(this.dataset) ? html`<p class="note">This dataset came without boxes: only images on which a reviewer has decided about a box, or which one found empty, are trained on.</p>` : nothing}
      ${field('Model to start from', html`<select name="model" @change=${(event) => { this.model = this.usable[event.target.selectedIndex]; this.proposeName(); }}>
        ${this.usable.map((model) => html`<option ?selected=${model === this.model}>${model.name}${model.status === 'CHAMPION' ? ', champion' : ''}</option>`)}</select>`,
        { error: wrong('modelVersion') })}
      ${field('Name of the new model version', html`<input type="text" name="name" required maxlength="200" .value=${this.name}
        @input=${(event) => { this.name = event.target.value; this.named = true; }}>`, { error: wrong('name') })}
      ${field('Measured on', html`<select name="heldOut" .value=${this.heldOut} @change=${set('heldOut')}>
        <option value="split">A part of the images that is held out</option>
        ${this.others.length ? html`<option value="dataset">Another dataset</option>` : nothing}
        <option value="none">Nothing: train on all images</option></select>`,
        { hint: 'AP before and after tells whether the training helped. Images that it is measured on are not trained on.', error: wrong('validation') })}
      ${this.heldOut === 'split' ? html`<div class="columns narrow">
        ${field('Percent held out', html`<input type="number" name="fraction" min="0.1" max="99.9" step="any" .value=${String(this.fraction)} @input=${set('fraction')}>`, { error: wrong('split') })}
        ${field('Seed of the split', html`<input type="number" name="splitSeed" step="1" .value=${String(this.splitSeed)} @input=${set('splitSeed')}>`,
          { hint: 'As for evaluations: the same seed holds out the same images.' })}</div>` : nothing}
      ${this.heldOut === 'dataset' ? field('Dataset to measure on', html`<select name="validation" @change=${(event) => { this.validation = this.others[event.target.selectedIndex]; }}>
        ${this.others.map((dataset) => html`<option ?selected=${dataset === this.validation}>${dataset.name} (${counted(dataset.images, 'image')})</option>`)}</select>`) : nothing}
      ${field('What changes', html`<select name="mode" .value=${this.mode} @change=${set('mode')}>
        ${MODES.map(([mode, name]) => html`<option value=${mode}>${name}</option>`)}</select>`, { hint: MODES.find(([mode]) => mode === this.mode)[2], error: wrong('mode') })}
      <div class="columns narrow">
        ${field('Images to train on', html`<select name="shots" .value=${this.shots} @change=${set('shots')}><option value="">All</option>
          ${[1, 3, 5, 10].map((shots) => html`<option value=${shots}>${shots === 1 ? 'One' : shots} of each category</option>`)}</select>`, { error: wrong('shots') })}
        ${field('Length', html`<span class="row nowrap"><input type="number" name="amount" min=${this.length === 'steps' ? '1' : '0.01'} step=${this.length === 'steps' ? '1' : 'any'} aria-label="Length"
            placeholder=${this.length === 'epochs' ? '12' : ''} .value=${this.amount} ?required=${this.length === 'steps'} @input=${set('amount')}>
          <select name="length" aria-label="Unit of the length" .value=${this.length} @change=${set('length')}><option value="epochs">epochs</option><option value="steps">steps</option></select></span>`,
          { hint: this.length === 'epochs' ? 'How often each image is looked at. Left empty, 12, and at least 100 steps.' : '', error: wrong('steps') ?? wrong('epochs') })}
      </div>
      <details><summary>More settings</summary><div class="stack">
        <p class="quiet small">What is left empty is as in the official fine-tuning on small datasets.</p>
        <fieldset><legend>What to learn</legend>
          <div class="tabs" role="group" aria-label="What to learn">
            <button type="button" aria-pressed=${!this.own} @click=${() => { this.own = false; }}>Every category that has boxes, by its name</button>
            <button type="button" aria-pressed=${this.own} @click=${() => { this.own = true; }}>My own prompts</button></div></fieldset>
        ${this.own ? promptEditor(this.rows, (rows) => { this.rows = rows; }, { scores: false }) : nothing}
        <div class="columns narrow">
          ${field('Images are changed', html`<select name="augmentation" .value=${this.augmentation} @change=${set('augmentation')}>
            ${AUGMENTATIONS.map(([value, name]) => html`<option value=${value}>${name}</option>`)}</select>`)}
          ${field('Learning rates fall', html`<select name="schedule" .value=${this.schedule} @change=${set('schedule')}>
            <option value="steps">In steps: to a tenth after 67% and 89%</option><option value="cosine">Along a cosine</option></select>`)}
          ${NUMBERS.map(([name, label, fallback, hint]) => field(label, html`<input type="number" name=${name} step="any" placeholder=${fallback} .value=${this.numbers[name] ?? ''}
            @input=${(event) => { this.numbers = { ...this.numbers, [name]: event.target.value }; }}>`, { hint, error: wrong(name) }))}
        </div>
        <label class="row"><input type="checkbox" name="regularise" .checked=${this.regularise} @change=${tick('regularise')}> <span>Leave out parts of the network at random, so that it does not learn by heart</span></label>
        <label class="row"><input type="checkbox" name="recompute" .checked=${this.recompute} @change=${tick('recompute')}> <span>Save memory by computing some things twice; takes a third more time</span></label>
      </div></details>
      <div class="row"><button class="button primary" ?disabled=${this.busy || !this.model}>Start the training</button><a class="button plain" href="/train">Cancel</a></div>
    </form>`;
  }
}

customElements.define('gl-new-fine-tune', NewFineTune);
