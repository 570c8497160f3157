import { html } from 'lit';
import { api } from '../api.js';
import { datasetHead } from '../dataset-tabs.js';
import { files, outcome, preflightReport, sentence } from '../preflight-report.js';
import { Page, count, counted, problemNote } from '../ui.js';

const AGAIN_MILLIS = 1500;
/** Names that one address takes. */
const NAMES = 50;

/** What preflight found in a dataset's source. */
class PreflightPage extends Page {
  static properties = { dataset: { attribute: false }, shown: { state: true }, images: { state: true } };

  constructor() {
    super();
    this.images = new Map();
  }

  connectedCallback() {
    super.connectedCallback();
    this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  async load() {
    await this.attempt(async () => {
      this.shown = await api(`datasets/${this.dataset}`);
      document.title = `Preflight report of ${this.shown.name} – Gleaner`;
      if (this.shown.status === 'READY' && this.shown.preflight) {
        await this.findImages(files(this.shown.preflight));
      }
    });
    if (this.isConnected && this.shown?.status === 'IMPORTING') {
      this.timer = setTimeout(() => this.load(), AGAIN_MILLIS);
    }
  }

  /** Those of the files that came in. */
  async findImages(names) {
    for (let from = 0; from < names.length; from += NAMES) {
      const some = names.slice(from, from + NAMES).map((name) => `&fileName=${encodeURIComponent(name)}`).join('');
      const page = await api(`datasets/${this.dataset}/images?limit=500${some}`);
      this.images = new Map([...this.images, ...page.items.map((image) => [image.fileName, image])]);
    }
  }

  render() {
    if (!this.shown) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const { status, preflight, progress, images, source } = this.shown;
    return html`${datasetHead(this.shown, 'Preflight report')}
      ${problemNote(this.problem)}
      ${status === 'IMPORTING' ? html`<section class="card empty"><h2>Preflight is at work</h2><p>${progress.total == null ? 'The source is being read.' : `${count(progress.done)} of ${counted(progress.total, 'image')} inspected.`}</p></section>`
        : !preflight || preflight.groups.length === 0 ? html`<section class="card empty"><h2>Nothing to remark</h2><p>All of the source came in as it was meant.</p>
          <a class="button primary" href="/runs/new?dataset=${this.dataset}">Label this dataset</a></section>`
        : html`<section class="card stack"><p>${status === 'REJECTED'
            ? html`<strong>The source was refused; nothing of it was kept.</strong> Mend what is listed under errors and <a href="/datasets/new">register it again</a>${source.lenient ? '' : ', or let it be registered leniently, without what cannot be used'}.`
            : html`<strong>The dataset came in with ${counted(images, 'image')}.</strong> This is what was noticed: ${outcome(preflight)}.`}</p>
            <ul class="legend">${preflight.groups.map((group) => html`<li><span class="badge ${group.severity === 'ERROR' ? 'bad' : 'warn'}">${count(group.count)}</span>${sentence(group.code)}</li>`)}</ul></section>
          ${preflightReport(preflight, this.images)}`}`;
  }
}

customElements.define('gl-preflight', PreflightPage);
