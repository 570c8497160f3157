import { LitElement, html, nothing } from 'lit';
import { field } from './ui.js';

const FORMATS = [
  ['coco', 'COCO', 'One JSON file.'],
  ['yolo', 'YOLO (Ultralytics)', 'An archive with data.yaml and a label file for each image; notes.txt in it tells what was left out or renamed. Crowds are left out.'],
  ['yolo-darknet', 'YOLO (Darknet)', 'An archive with obj.data and a label file for each image; notes.txt in it tells what was left out or renamed. Crowds are left out.'],
  ['voc', 'Pascal VOC', 'An archive with an XML file for each image.'],
  ['cvat', 'CVAT for images 1.1', 'One XML file.'],
  ['label-studio', 'Label Studio', 'One JSON file. The images are local files below its document root; proposals come as predictions.'],
  ['csv', 'CSV', 'One table with a row for each box.'],
];
const BOXES = [
  ['', 'All that stand, proposals among them'],
  ['status=IMPORTED&status=ACCEPTED&status=CORRECTED', 'What people vouch for'],
  ['status=PROPOSED', 'Proposals only'],
];

/** Chooses how a dataset is exported, and links to it. */
class Export extends LitElement {
  static properties = { dataset: { attribute: false }, format: { state: true }, boxes: { state: true }, images: { state: true } };

  constructor() {
    super();
    Object.assign(this, { format: 'coco', boxes: '', images: false });
  }

  createRenderRoot() {
    return this;
  }

  get address() {
    return `/api/datasets/${this.dataset}/export?format=${this.format}${this.images ? '&images=true' : ''}${this.boxes ? `&${this.boxes}` : ''}`;
  }

  render() {
    const hint = FORMATS.find(([format]) => format === this.format)[2];
    return html`<details class="card" id="export"><summary>Export</summary>
      <div class="stack below">
        <div class="row">
          ${field('Format', html`<select name="export-format" @change=${(event) => { this.format = event.target.value; }}>
            ${FORMATS.map(([format, label]) => html`<option value=${format} ?selected=${format === this.format}>${label}</option>`)}</select>`)}
          ${field('Boxes', html`<select name="export-boxes" @change=${(event) => { this.boxes = event.target.value; }}>
            ${BOXES.map(([boxes, label]) => html`<option value=${boxes} ?selected=${boxes === this.boxes}>${label}</option>`)}</select>`)}
        </div>
        <label class="row"><input type="checkbox" name="export-images" .checked=${this.images} @change=${(event) => { this.images = event.target.checked; }}>
          With the image files, as one archive</label>
        <p class="quiet">${hint}${this.images ? ' Images go where the format has them.' : nothing}</p>
        <div class="row"><a class="button" href=${this.address} download>Download</a></div>
      </div></details>`;
  }
}

customElements.define('gl-export', Export);
