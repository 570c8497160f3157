import { html, nothing } from 'lit';
import { api } from '../api.js';
import { Page, field, open, problemNote } from '../ui.js';

const SOURCES = {
  folder: { label: 'Folder of images', path: 'Folder of images', hint: 'Images in folders below it are taken too, and captions in texts of their names.' },
  coco: { label: 'COCO', path: 'COCO JSON file', hint: 'Streamed: it may be larger than memory.', images: 'Folder of the images' },
  yolo: { label: 'YOLO', path: 'Folder of the dataset', hint: 'With data.yaml, obj.data or classes.txt; or one of these files.', images: 'Folder of the images' },
  voc: { label: 'Pascal VOC', path: 'Folder of the XML files', hint: 'Or the folder above it, with Annotations and JPEGImages.', images: 'Folder of the images' },
  cvat: { label: 'CVAT', path: 'XML file', hint: 'Of CVAT for images 1.1; or the folder that has it.', images: 'Folder of the images' },
  'label-studio': { label: 'Label Studio', path: 'JSON file', hint: 'As Label Studio exports it, JSON or JSON-MIN.', images: 'Folder of the images' },
  csv: { label: 'CSV', path: 'CSV file', hint: 'A row for each box: image, category, x, y, width, height; or a table of another tool.', images: 'Folder of the images' },
};

/** Registers a dataset. */
class NewDataset extends Page {
  static properties = { type: { state: true }, projects: { state: true } };

  constructor() {
    super();
    this.type = 'folder';
    this.projects = [];
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = 'New dataset – Gleaner';
    this.attempt(async () => { this.projects = (await api('projects')).items; });
  }

  async register(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const source = { type: this.type, path: form.get('path'), lenient: form.get('lenient') === 'on' };
    if (form.get('images')) {
      source.images = form.get('images');
    }
    const dataset = await this.attempt(() => api('datasets', { json: { name: form.get('name'), project: form.get('project'), source } }));
    if (dataset) {
      open(`/datasets/${dataset.id}`);
    }
  }

  render() {
    const source = SOURCES[this.type];
    const error = (name) => this.problem?.of?.(name);
    return html`
      <header class="stack tight"><p class="crumbs"><a href="/">Overview</a></p><h1>New dataset</h1>
        <p class="quiet">The server reads the source where it lies. A preflight looks at every image and box first: the dataset comes in whole, or not at all.</p></header>
      ${problemNote(this.problem)}
      <form class="card form" @submit=${this.register}>
        ${field('Name', html`<input type="text" name="name" required maxlength="200" aria-invalid=${error('name') ? 'true' : nothing}>`)}
        ${this.projects.length > 1
          ? field('Project', html`<select name="project">${this.projects.map((project) => html`<option>${project.name}</option>`)}</select>`,
            { hint: 'Holds the categories and model versions.' })
          : html`<input type="hidden" name="project" value=${this.projects[0]?.name ?? 'default'}>`}
        <fieldset><legend>Source</legend>
          <div class="tabs" role="group" aria-label="Kind of source">${Object.entries(SOURCES).map(([type, { label }]) => html`
            <button type="button" aria-pressed=${this.type === type} @click=${() => { this.type = type; }}>${label}</button>`)}
          </div>
          ${field(source.path, html`<input type="text" name="path" required spellcheck="false" aria-invalid=${error('source.path') ? 'true' : nothing}>`,
            { hint: `A path on the server, under one of the folders of GLEANER_IMPORT_ROOTS; or that of a zip archive which has it all. ${source.hint}` })}
          ${source.images
            ? field(source.images, html`<input type="text" name="images" spellcheck="false" aria-invalid=${error('source.images') ? 'true' : nothing}>`,
              { hint: 'Left empty, the usual one beside the annotations. Not for an archive.' })
            : nothing}
          <label class="row"><input type="checkbox" name="lenient"> Leave out images and boxes that cannot be used, instead of refusing the whole source</label>
        </fieldset>
        <div class="row"><button class="button primary" ?disabled=${this.busy}>Register</button><a class="button plain" href="/">Cancel</a></div>
      </form>`;
  }
}

customElements.define('gl-new-dataset', NewDataset);
