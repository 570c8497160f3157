import { html } from 'lit';
import { api } from '../api.js';
import { Page, field, open, problemNote } from '../ui.js';

const FILES = [
  ['checkpoint', 'Checkpoint (.pth)', 'The official weights, as torch.save wrote them.', true],
  ['config', 'Configuration (.yaml)', 'The official settings of the same model.', true],
  ['vocabulary', 'Vocabulary (vocab.txt)', 'Of the BERT the model was trained with.', true],
  ['languageConfig', 'Language configuration (config.json)', 'BERT’s sizes; left out, those of bert-base.', false],
];

/** Imports a model from files on the server or on this computer. */
class ImportModel extends Page {
  static properties = { upload: { state: true } };

  constructor() {
    super();
    this.upload = false;
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Import a model – Gleaner';
  }

  async import(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    [...form].filter(([, value]) => value === '' || value.size === 0).forEach(([name]) => form.delete(name));
    const model = await this.attempt(() => api('model-versions', this.upload ? { form } : { json: Object.fromEntries(form) }));
    if (model) {
      open('/models');
    }
  }

  render() {
    return html`
      <header class="stack tight"><p class="crumbs"><a href="/models">Model versions</a></p><h1>Import a model</h1>
        <p class="quiet">The checkpoint is read as data: nothing in it is executed. Each weight that is missing, surplus or of another shape is listed.</p></header>
      ${problemNote(this.problem)}
      <form class="card form" @submit=${this.import}>
        ${field('Name', html`<input type="text" name="name" required maxlength="200">`)}
        <fieldset><legend>Files</legend>
          <div class="tabs" role="group" aria-label="Where the files are">
            <button type="button" aria-pressed=${!this.upload} @click=${() => { this.upload = false; }}>On the server</button>
            <button type="button" aria-pressed=${this.upload} @click=${() => { this.upload = true; }}>On this computer</button>
          </div>
          ${FILES.map(([name, label, hint, required]) => field(label, this.upload
            ? html`<input type="file" name=${name} ?required=${required}>`
            : html`<input type="text" name=${name} ?required=${required} spellcheck="false">`, { hint }))}
          ${this.upload ? '' : html`<p class="quiet small">Paths must lie under one of the folders of GLEANER_IMPORT_ROOTS.</p>`}
        </fieldset>
        <div class="row"><button class="button primary" ?disabled=${this.busy}>${this.busy ? 'Importing…' : 'Import'}</button><a class="button plain" href="/models">Cancel</a></div>
      </form>`;
  }
}

customElements.define('gl-import-model', ImportModel);
