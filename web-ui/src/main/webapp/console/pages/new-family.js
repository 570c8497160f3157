import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Page, counted, field, open, problemNote } from '../ui.js';

/** Orders evaluations of one model on several datasets. */
class NewFamily extends Page {
  static properties = {
    datasets: { state: true }, models: { state: true }, model: { state: true }, name: { state: true }, protocol: { state: true }, chosen: { state: true },
    shots: { state: true }, fraction: { state: true }, steps: { state: true },
  };

  constructor() {
    super();
    Object.assign(this, { name: '', protocol: 'coco', chosen: new Map(), shots: '', fraction: 50, steps: '' });
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Evaluate on several datasets – Gleaner';
    this.attempt(async () => {
      const [datasets, models] = await Promise.all([all('datasets'), all('model-versions')]);
      this.datasets = datasets.filter((dataset) => dataset.status === 'READY');
      this.models = models.filter((model) => model.status !== 'REJECTED').reverse();
      this.model = this.models.find((model) => model.status === 'CHAMPION') ?? this.models[0];
    });
  }

  get usable() {
    return this.datasets.filter((dataset) => dataset.project === this.model?.project);
  }

  set(dataset, change) {
    const chosen = new Map(this.chosen);
    if (change === null) {
      chosen.delete(dataset.id);
    } else {
      chosen.set(dataset.id, { supervised: '', phrases: '', ...chosen.get(dataset.id), ...change });
    }
    this.chosen = chosen;
  }

  /** "raccoon: a grey animal" on each line replaces what a category is looked for by. */
  static promptsOf(lines) {
    return lines.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
      const [category, ...phrase] = line.split(':');
      return { category: category.trim(), phrase: phrase.join(':').trim() || category.trim() };
    });
  }

  async start(event) {
    event.preventDefault();
    const members = this.usable.filter((dataset) => this.chosen.has(dataset.id)).map((dataset) => {
      const { supervised, phrases } = this.chosen.get(dataset.id);
      const prompts = NewFamily.promptsOf(phrases);
      const { trainingDataset } = this.chosen.get(dataset.id);
      const training = this.shots === '' ? {} : trainingDataset ? { trainingDataset } : { split: { fraction: Number(this.fraction) / 100, seed: 3 } };
      return { dataset: dataset.id, ...training, ...(supervised === '' ? {} : { supervisedAp: Number(supervised) / 100 }), ...(prompts.length ? { prompts } : {}) };
    });
    const family = await this.attempt(() => api('evaluation-families', { json: {
      name: this.name, modelVersion: this.model.id, protocol: this.protocol, datasets: members,
      ...(this.shots === '' ? {} : { shots: Number(this.shots), training: this.steps === '' ? {} : { steps: Number(this.steps) } }) } }));
    if (family) {
      open(`/evaluation-families/${family.id}`);
    }
  }

  render() {
    if (!this.datasets) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="stack tight"><p class="crumbs"><a href="/evaluations">Evaluations</a></p><h1>Evaluate on several datasets</h1>
        <p class="quiet">The way ODinW-13 is run: each dataset gets an evaluation of its own, and one table shows how far the model carries, as it is and tuned on a few images.</p></header>
      ${problemNote(this.problem)}
      ${this.models.length === 0 ? html`<p class="card empty">There is no model yet. <a class="button" href="/models/import">Import one</a></p>` : this.form()}`;
  }

  form() {
    return html`<form class="card" @submit=${this.start}>
      ${field('Name', html`<input type="text" name="name" maxlength="200" placeholder="ODinW-13" .value=${this.name} @input=${(event) => { this.name = event.target.value; }}>`,
        { error: this.problem?.of?.('name') })}
      ${field('Model version', html`<select name="model" @change=${(event) => { this.model = this.models[event.target.selectedIndex]; this.chosen = new Map(); }}>
        ${this.models.map((model) => html`<option ?selected=${model === this.model}>${model.name}${model.status === 'CHAMPION' ? ', champion' : ''}</option>`)}</select>`)}
      ${field('Protocol', html`<select name="protocol" .value=${this.protocol} @change=${(event) => { this.protocol = event.target.value; }}>
        <option value="coco">COCO</option><option value="lvis-fixed">LVIS with fixed AP</option></select>`)}
      ${field('Shots', html`<select name="shots" .value=${this.shots} @change=${(event) => { this.shots = event.target.value; }}>
        <option value="">Zero-shot: the model as it is</option>
        ${[1, 3, 5, 10].map((shots) => html`<option value=${shots}>Also tuned on ${shots === 1 ? 'one image' : `${shots} images`} of each category, with seeds 3, 30 and 300</option>`)}</select>`,
        { error: this.problem?.of?.('shots') })}
      ${this.shots === '' ? nothing : html`<p class="note">Each dataset is tuned on three times, and each result is a model version of its own, as large as this one.</p><div class="columns narrow">
        ${field('Percent held out', html`<input type="number" name="fraction" min="0.1" max="99.9" step="any" .value=${String(this.fraction)} @input=${(event) => { this.fraction = event.target.value; }}>`,
          { hint: 'Measured on; the few images are drawn from the others. Datasets with another one to train on are measured on all their images.' })}
        ${field('Steps of each training', html`<input type="number" name="steps" min="1" step="1" placeholder="100 or more" .value=${this.steps} @input=${(event) => { this.steps = event.target.value; }}>`,
          { error: this.problem?.of?.('training') })}</div>`}
      <fieldset><legend>Datasets</legend>
        <p class="quiet small">A supervised AP, in percent, is what a model trained with all labels reaches; it stands beside the model’s own. Phrases, one on a
          line as <code>category: phrase</code>, replace the names of categories.</p>
        ${this.usable.length === 0 ? html`<p class="quiet">The model’s project has no dataset that is ready.</p>` : html`<div class="scroll"><table>
          <thead><tr><th>Dataset</th><th class="number">Supervised AP</th>${this.shots === '' ? nothing : html`<th>Trained on</th>`}<th>Phrases</th></tr></thead>
          <tbody>${this.usable.map((dataset) => this.row(dataset))}</tbody></table></div>`}
      </fieldset>
      <div class="row"><button class="button primary" ?disabled=${this.busy || this.chosen.size === 0}>Start ${counted(this.chosen.size, 'evaluation')}</button>
        <a class="button plain" href="/evaluations">Cancel</a></div>
    </form>`;
  }

  row(dataset) {
    const entry = this.chosen.get(dataset.id);
    return html`<tr>
      <td class="name"><label class="row"><input type="checkbox" name="dataset" value=${dataset.id} .checked=${Boolean(entry)}
        @change=${(event) => this.set(dataset, event.target.checked ? {} : null)}>
        <span>${dataset.name}<br><span class="quiet small">${counted(dataset.images, 'image')}, ${counted(dataset.annotations, 'box', 'boxes')}</span></span></label></td>
      <td class="number"><input class="short" type="number" min="0" max="100" step="any" aria-label="Supervised AP on ${dataset.name}" ?disabled=${!entry} .value=${entry?.supervised ?? ''}
        @input=${(event) => this.set(dataset, { supervised: event.target.value })}></td>
      ${this.shots === '' ? nothing : html`<td><select aria-label="Trained on for ${dataset.name}" ?disabled=${!entry}
        @change=${(event) => this.set(dataset, { trainingDataset: Number(event.target.value) || null })}><option value="">what is not held out</option>
        ${this.usable.filter((other) => other !== dataset).map((other) => html`<option value=${other.id} ?selected=${entry?.trainingDataset === other.id}>${other.name}</option>`)}</select></td>`}
      <td><textarea rows="1" aria-label="Phrases for ${dataset.name}" ?disabled=${!entry} .value=${entry?.phrases ?? ''}
        @input=${(event) => this.set(dataset, { phrases: event.target.value })}></textarea></td>
    </tr>`;
  }
}

customElements.define('gl-new-family', NewFamily);
