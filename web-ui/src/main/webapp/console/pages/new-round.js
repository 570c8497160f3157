import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { emptyPrompt, promptEditor, promptsOf } from '../prompts.js';
import { STRATEGIES } from '../strategies.js';
import { Page, counted, field, isPlain, open, problemNote } from '../ui.js';

const MODES = [['full', 'Everything'], ['language-frozen', 'Everything but the language'], ['linear-probe', 'The last layers']];
/** Numbers of the student’s training: name, label, what stands in the empty field, hint. */
const NUMBERS = [
  ['batch', 'Images a step', '4', ''],
  ['learningRate', 'Learning rate', '0.0001', 'Lower it when the losses jump.'],
  ['languageLearningRate', 'Learning rate of the language', '0.00001', ''],
  ['ema', 'Average', '0', 'What the average of the parameters keeps at a step, such as 0.999; 0 is none.'],
  ['checkpointEvery', 'Steps between checkpoints', 'about every two minutes', ''],
];

/** Orders a self-training round. */
class NewRound extends Page {
  static properties = {
    datasets: { state: true }, models: { state: true }, dataset: { state: true }, model: { state: true }, name: { state: true },
    heldOut: { state: true }, fraction: { state: true }, splitSeed: { state: true }, gold: { state: true }, outOfDomain: { state: true },
    unlabelled: { state: true }, chosen: { state: true }, numbers: { state: true }, weight: { state: true }, rejected: { state: true },
    average: { state: true }, flip: { state: true }, scales: { state: true }, least: { state: true }, grounds: { state: true }, captions: { state: true },
    mode: { state: true }, length: { state: true }, amount: { state: true }, training: { state: true },
    margin: { state: true }, allowance: { state: true }, promote: { state: true }, own: { state: true }, rows: { state: true },
  };

  constructor() {
    super();
    Object.assign(this, { name: '', heldOut: 'split', fraction: '20', splitSeed: '0', unlabelled: new Set(), chosen: new Set(['agreement', 'gold']),
      numbers: {}, weight: '0.5', rejected: 'ignore', average: '', flip: true, scales: '', least: '', grounds: '', captions: false, mode: 'full', length: 'epochs',
      amount: '', training: {}, margin: '0', allowance: '2', promote: true, own: false, rows: [emptyPrompt()] });
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = 'New round – Gleaner';
    this.attempt(async () => {
      const [datasets, models] = await Promise.all([all('datasets'), all('model-versions')]);
      this.models = models.filter((model) => model.status !== 'REJECTED' && !model.tunedPrompt).reverse();
      this.datasets = datasets.filter((dataset) => dataset.status === 'READY');
      const wanted = Number(new URLSearchParams(location.search).get('dataset'));
      this.chooseDataset(this.datasets.find((dataset) => dataset.id === wanted)
        ?? this.datasets.find((dataset) => dataset.annotations > 0) ?? this.datasets[0]);
    });
  }

  get usable() {
    return this.models.filter((model) => model.project === this.dataset?.project);
  }

  get others() {
    return this.datasets.filter((dataset) => dataset.project === this.dataset?.project && dataset !== this.dataset);
  }

  /** Datasets whose images the teacher may label: nothing is measured on them. */
  get labelable() {
    return [this.dataset, ...this.others].filter((dataset) => dataset && dataset !== this.outOfDomain && !(this.heldOut === 'dataset' && dataset === this.gold));
  }

  get champion() {
    return this.usable.find(({ status }) => status === 'CHAMPION');
  }

  chooseDataset(dataset) {
    this.dataset = dataset;
    this.model = this.champion ?? this.usable[0];
    this.promote = !this.champion || this.model === this.champion;
    this.gold = this.others.find(({ annotations }) => annotations > 0) ?? this.others[0];
    this.outOfDomain = null;
    this.unlabelled = new Set([this.dataset, ...this.others].filter(isPlain).map(({ id }) => id));
  }

  chooseModel(model) {
    this.model = model;
    this.promote = !this.champion || model === this.champion;
  }

  order() {
    const given = (values) => Object.fromEntries(Object.entries(values).filter(([, text]) => text !== '').map(([name, text]) => [name, Number(text)]));
    const selection = STRATEGIES.filter(({ strategy }) => this.chosen.has(strategy))
      .map(({ strategy }) => ({ strategy, ...given(this.numbers[strategy] ?? {}) }));
    const scales = this.scales.split(/[\s,;]+/).filter(Boolean).map(Number);
    return {
      dataset: this.dataset.id, modelVersion: this.model.id,
      ...(this.name.trim() === '' ? {} : { name: this.name.trim() }),
      ...(this.own ? { prompts: promptsOf(this.rows) } : {}),
      ...(this.heldOut === 'split' ? { split: { fraction: Number(this.fraction) / 100, seed: Number(this.splitSeed) } } : { gold: this.gold.id }),
      ...(this.outOfDomain ? { outOfDomain: this.outOfDomain.id } : {}),
      unlabelled: this.labelable.filter(({ id }) => this.unlabelled.has(id)).map(({ id }) => id),
      teacher: { flip: this.flip, ...(scales.length ? { scales } : {}), ...given({ average: this.average, least: this.least, ...(this.captions ? { grounds: this.grounds } : {}) }) },
      selection, pseudoWeight: Number(this.weight), rejected: this.rejected, captions: this.captions,
      training: { mode: this.mode, ...(this.amount === '' ? {} : { [this.length]: Number(this.amount) }), ...given(this.training) },
      gate: { margin: Number(this.margin) / 100, allowance: Number(this.allowance) / 100 },
      promote: this.promote,
    };
  }

  async start(event) {
    event.preventDefault();
    const round = await this.attempt(() => api('training-rounds', { json: this.order() }));
    if (round) {
      open(`/rounds/${round.id}`);
    } else {
      // What is wrong may be in a part that is folded away.
      this.updateComplete.then(() => this.querySelectorAll('details').forEach((part) => { part.open ||= part.querySelector('.badge.bad') !== null; }));
    }
  }

  render() {
    if (!this.datasets) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="stack tight"><p class="crumbs"><a href="/rounds">Rounds</a></p><h1>New round</h1>
        <p class="quiet">What people have said is frozen; the champion labels the images that nobody has labelled; a student learns; a gate decides by gold that neither has seen. The settings below are sane for most datasets.</p></header>
      ${problemNote(this.problem)}
      ${this.datasets.length === 0 ? html`<section class="card empty"><h2>No dataset yet</h2><p>A round needs images with some boxes that people vouch for.</p><a class="button" href="/datasets/new">Register a dataset</a></section>`
        : this.models.length === 0 ? html`<section class="card empty"><h2>No model yet</h2><p>A round begins with a model that knows a little.</p><a class="button" href="/models/import">Import a model</a></section>`
        : this.form()}`;
  }

  form() {
    const set = (name) => (event) => { this[name] = event.target.value; };
    const tick = (name) => (event) => { this[name] = event.target.checked; };
    const wrong = (name) => this.problem?.of?.(name);
    const among = (name) => this.problem?.errors?.find((error) => error.field.startsWith(`${name}[`)) ?? wrong(name);
    const number = (name, least, most, label) => html`<input type="number" name=${name} aria-label=${label ?? nothing} min=${least} max=${most} step="any" .value=${this[name]} @input=${set(name)}>`;
    return html`<form class="card form wide" @submit=${this.start}>
      <div class="columns narrow">
        ${field('Dataset with gold', html`<select name="dataset" @change=${(event) => this.chooseDataset(this.datasets[event.target.selectedIndex])}>
          ${this.datasets.map((dataset) => html`<option value=${dataset.id} ?selected=${dataset === this.dataset}>${dataset.name} (${counted(dataset.images, 'image')}, ${counted(dataset.annotations, 'box', 'boxes')})</option>`)}</select>`,
          { error: wrong('dataset'), hint: 'What people vouch for there is trained on and measured by.' })}
        ${field('Teacher', html`<select name="model" @change=${(event) => this.chooseModel(this.usable[event.target.selectedIndex])}>
          ${this.usable.map((model) => html`<option value=${model.id} ?selected=${model === this.model}>${model.name}${model.status === 'CHAMPION' ? ', champion' : ''}</option>`)}</select>`,
          { error: wrong('modelVersion'), hint: this.champion ? 'The student starts from it.' : 'The student starts from it. The project has no champion yet; the first student that passes the gate becomes it.' })}
        ${field('Name', html`<input type="text" name="name" maxlength="200" placeholder="round and its number" .value=${this.name} @input=${set('name')}>`,
          { error: wrong('name'), hint: 'Of the model version that it makes.' })}
      </div>
      ${this.usable.length === 0 ? html`<p class="note warn">The project of this dataset has no model. <a href="/models/import">Import one</a>, or choose another dataset.</p>` : nothing}
      ${this.unlabelledChoice(among)}
      ${this.measuring(set, wrong, number)}
      ${this.selection()}
      <fieldset id="gate"><legend>Gate</legend>
        <p class="quiet small">In points of AP. The student passes only if the whole interval of the difference lies above the margin, and no guarded slice, such as a category or a size, loses more than its allowance beyond doubt.</p>
        <div class="columns narrow">
          ${field('Margin', number('margin', 0, 99.9), { error: wrong('gate.margin') })}
          ${field('Allowance of each slice', number('allowance', 0, 100), { error: wrong('gate.allowance') })}
          ${field('Must not get worse on', html`<select name="outOfDomain" @change=${(event) => { this.outOfDomain = this.others[event.target.selectedIndex - 1] ?? null; }}>
            <option value="" ?selected=${!this.outOfDomain}>Nothing else</option>
            ${this.others.map((dataset) => html`<option value=${dataset.id} ?selected=${dataset === this.outOfDomain}>${dataset.name}</option>`)}</select>`,
            { error: wrong('outOfDomain'), hint: 'A dataset from another domain, guarded as a slice.' })}
        </div>
        <label class="row"><input type="checkbox" name="promote" .checked=${this.promote} @change=${tick('promote')}> <span>Promote the student to champion when it passes</span></label>
      </fieldset>
      <details><summary>Teacher and student</summary><div class="stack below">
        <fieldset><legend>Teacher</legend>
          <label class="row"><input type="checkbox" name="flip" .checked=${this.flip} @change=${tick('flip')}> <span>Looks at the mirror image as well</span></label>
          <div class="columns narrow">
            ${field('Other sizes', html`<input type="text" name="scales" placeholder="none" .value=${this.scales} @input=${set('scales')}>`, { hint: 'Multiples of the model’s own, such as 0.8, 1.25.', error: among('teacher.scales') })}
            ${field('Keeps of earlier champions', html`<input type="number" name="average" min="0" max="0.999" step="any" placeholder="0" .value=${this.average} @input=${set('average')}>`, { hint: 'A moving average of their weights; 0 is the champion alone.', error: wrong('teacher.average') })}
            ${field('Lowest score written down', html`<input type="number" name="least" min="0" max="1" step="any" placeholder="0.05" .value=${this.least} @input=${set('least')}>`, { error: wrong('teacher.least') })}
          </div></fieldset>
        <fieldset><legend>Student</legend>
          <div class="columns narrow">
            ${field('Weight of a selected box', html`<input type="number" name="weight" min="0.01" max="1" step="any" .value=${this.weight} @input=${set('weight')}>`, { hint: 'Gold counts 1.', error: wrong('pseudoWeight') })}
            ${field('Boxes that reviewers rejected', html`<select name="rejected" .value=${this.rejected} @change=${set('rejected')}>
              <option value="ignore">Ignored: nothing is learnt there</option><option value="negative">Hard negatives</option></select>`, { error: wrong('rejected') })}
            ${field('What changes', html`<select name="mode" .value=${this.mode} @change=${set('mode')}>${MODES.map(([mode, name]) => html`<option value=${mode}>${name}</option>`)}</select>`, { error: wrong('training.mode') })}
            ${field('Length', html`<span class="row nowrap"><input type="number" name="amount" min=${this.length === 'steps' ? '1' : '0.01'} step=${this.length === 'steps' ? '1' : 'any'} aria-label="Length"
                placeholder=${this.length === 'epochs' ? '12' : ''} .value=${this.amount} ?required=${this.length === 'steps'} @input=${set('amount')}>
              <select name="length" aria-label="Unit of the length" .value=${this.length} @change=${set('length')}><option value="epochs">epochs</option><option value="steps">steps</option></select></span>`,
              { error: wrong('training.steps') ?? wrong('training.epochs') ?? wrong('steps') ?? wrong('epochs') })}
            ${NUMBERS.map(([name, label, fallback, hint]) => field(label, html`<input type="number" name=${name} step="any" placeholder=${fallback} .value=${this.training[name] ?? ''}
              @input=${(event) => { this.training = { ...this.training, [name]: event.target.value }; }}>`, { hint, error: wrong(`training.${name}`) ?? wrong(name) }))}
          </div>
          <label class="row"><input type="checkbox" name="captions" .checked=${this.captions} @change=${tick('captions')}> <span>Images with captions take part: the teacher grounds their noun phrases <span class="quiet small">(captions come in through the REST interface)</span></span></label>
          ${this.captions ? field('Lowest score of a phrase’s box', html`<input type="number" class="short" name="grounds" min="0" max="1" step="any" placeholder="0.5" .value=${this.grounds} @input=${set('grounds')}>`, { error: wrong('teacher.grounds') }) : nothing}
        </fieldset>
        <fieldset><legend>What to look for</legend>
          <div class="tabs" role="group" aria-label="What to look for">
            <button type="button" aria-pressed=${!this.own} @click=${() => { this.own = false; }}>Every category that has gold, by its name</button>
            <button type="button" aria-pressed=${this.own} @click=${() => { this.own = true; }}>My own prompts</button></div></fieldset>
        ${this.own ? promptEditor(this.rows, (rows) => { this.rows = rows; }, { scores: false }) : nothing}
      </div></details>
      <div class="row"><button class="button primary" ?disabled=${this.busy || !this.model}>Start the round</button><a class="button plain" href="/rounds">Cancel</a></div>
    </form>`;
  }

  unlabelledChoice(among) {
    const toggle = (id) => (event) => {
      const next = new Set(this.unlabelled);
      next[event.target.checked ? 'add' : 'delete'](id);
      this.unlabelled = next;
    };
    const error = among('unlabelled');
    const none = !this.labelable.some(({ id }) => this.unlabelled.has(id));
    return html`<fieldset id="unlabelled"><legend>Images for the teacher</legend>
      <p class="quiet small">Of these datasets, the images that nobody is through with; of datasets that came with boxes, those that have none.</p>
      <div class="columns narrow tight">${this.labelable.map((dataset) => html`<label class="row"><input type="checkbox" name="unlabelled" value=${dataset.id} .checked=${this.unlabelled.has(dataset.id)} @change=${toggle(dataset.id)}>
        <span>${dataset.name} <span class="quiet small">${counted(dataset.images, 'image')}, ${isPlain(dataset) ? 'without boxes' : counted(dataset.annotations, 'box', 'boxes')}</span></span></label>`)}</div>
      ${error ? html`<small class="badge bad">Expected ${error.expected}</small>` : nothing}
      ${none ? html`<p class="note warn"><span>Without images for the teacher the student learns from gold alone. <a href="/datasets/new">Register a folder of images</a> to have more.</span></p>` : nothing}
    </fieldset>`;
  }

  measuring(set, wrong, number) {
    return html`<fieldset id="measuring"><legend>Measured by</legend><div class="columns narrow">
      ${field('Gold that is held out', html`<select name="heldOut" .value=${this.heldOut} @change=${set('heldOut')}>
        <option value="split">A part of the gold</option>${this.others.length ? html`<option value="dataset">Another dataset</option>` : nothing}</select>`,
        { hint: 'Nobody trains on these images.', error: wrong('split') })}
      ${this.heldOut === 'split' ? html`
        ${field('Percent held out', number('fraction', 0.1, 99.9), { error: wrong('split.fraction') })}
        ${field('Seed of the split', html`<input type="number" name="splitSeed" step="1" .value=${this.splitSeed} @input=${set('splitSeed')}>`, { hint: 'The same seed holds out the same images, in every round.' })}`
        : field('Dataset that is held out', html`<select name="gold" @change=${(event) => { this.gold = this.others[event.target.selectedIndex]; }}>
          ${this.others.map((dataset) => html`<option value=${dataset.id} ?selected=${dataset === this.gold}>${dataset.name} (${counted(dataset.annotations, 'box', 'boxes')})</option>`)}</select>`, { error: wrong('gold') })}
    </div></fieldset>`;
  }

  selection() {
    const toggle = (strategy) => (event) => {
      const next = new Set(this.chosen);
      next[event.target.checked ? 'add' : 'delete'](strategy);
      this.chosen = next;
    };
    const write = (strategy, name) => (event) => { this.numbers = { ...this.numbers, [strategy]: { ...this.numbers[strategy], [name]: event.target.value } }; };
    const order = STRATEGIES.filter(({ strategy }) => this.chosen.has(strategy)).map(({ strategy }) => strategy);
    return html`<fieldset id="selection"><legend>Which of the teacher’s boxes the student learns from</legend>
      <p class="quiet small">A box has to pass all that are chosen, from top to bottom.</p>
      <ul class="options">${STRATEGIES.map(({ strategy, title, does, numbers }) => {
        const on = this.chosen.has(strategy);
        const fault = this.problem?.errors?.find(({ field: name }) => name.startsWith(`selection[${order.indexOf(strategy)}]`));
        return html`<li class=${on ? 'on' : ''}>
          <label class="row upper"><input type="checkbox" name="strategy" value=${strategy} .checked=${on} @change=${toggle(strategy)}>
            <span><strong>${title}</strong><br><span class="quiet small">${does}</span></span></label>
          ${on ? html`<div class="row">${numbers.map(([name, label, fallback, least, most, step]) => html`<label class="inline small"><span>${label}</span>
            <input type="number" class="short" name="${strategy}-${name}" min=${least} max=${most} step=${step} placeholder=${fallback} .value=${this.numbers[strategy]?.[name] ?? ''} @input=${write(strategy, name)}></label>`)}
            ${fault ? html`<small class="badge bad">Expected ${fault.expected}</small>` : nothing}</div>` : nothing}</li>`;
      })}</ul>
      ${order.length === 0 ? html`<p class="note warn">Without a strategy the student learns from every box that is written down, right or wrong.</p>` : nothing}
    </fieldset>`;
  }
}

customElements.define('gl-new-round', NewRound);
