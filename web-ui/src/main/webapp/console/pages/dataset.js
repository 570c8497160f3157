import { html, nothing } from 'lit';
import { api } from '../api.js';
import { datasetTabs } from '../dataset-tabs.js';
import '../export.js';
import '../gl-boxes.js';
import { outcome, preflightReport } from '../preflight-report.js';
import { Page, at, badge, count, counted, problemNote } from '../ui.js';

const AGAIN_MILLIS = 1500;
const PAGE = 30;
const FILTERS = [
  ['', 'All images'],
  ['status=PROPOSED', 'Proposed'],
  ['status=ACCEPTED&status=CORRECTED', 'Accepted'],
  ['status=REJECTED', 'Rejected'],
  ['status=IMPORTED', 'Imported'],
  ['status=SUPERSEDED', 'Superseded'],
];

/** A dataset: what preflight found, and its images with their boxes. */
class Dataset extends Page {
  static properties = {
    dataset: { attribute: false },
    shown: { state: true }, images: { state: true }, next: { state: true }, filter: { state: true },
  };

  constructor() {
    super();
    this.images = [];
    this.filter = '';
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
      document.title = `${this.shown.name} – Gleaner`;
      if (this.shown.status === 'READY') {
        await this.more();
      }
    });
    if (this.isConnected && this.shown?.status === 'IMPORTING') {
      this.timer = setTimeout(() => this.load(), AGAIN_MILLIS);
    }
  }

  async more() {
    const filter = this.filter;
    const page = await api(`datasets/${this.dataset}/images?boxes=true&limit=${PAGE}&after=${this.next ?? 0}&${filter}`);
    if (filter === this.filter) {
      this.images = [...this.images, ...page.items];
      this.next = page.next;
    }
  }

  choose(filter) {
    this.filter = filter;
    this.images = [];
    this.next = undefined;
    this.attempt(() => this.more());
  }

  render() {
    if (!this.shown) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const { name, status, source, images, annotations, readyAt, duplicateOf } = this.shown;
    return html`
      <header class="row spread">
        <div class="stack tight"><p class="crumbs"><a href="/">Overview</a> / Datasets</p>
          <div class="row"><h1>${name}</h1>${badge(status)}</div></div>
        ${status === 'READY' ? html`<div class="row">
          <a class="button" href="/evaluations/new?dataset=${this.dataset}">Evaluate a model on it</a>
          <a class="button" href="/train/new?dataset=${this.dataset}">Train a model on it</a>
          <a class="button" href="/rounds/new?dataset=${this.dataset}">Self-train on it</a>
          <a class="button" href="/review?dataset=${this.dataset}">Review its proposals</a>
          <a class="button" href="/gallery?dataset=${this.dataset}">Gallery of proposals</a>
          <a class="button primary" href="/runs/new?dataset=${this.dataset}">Label this dataset</a></div>` : nothing}
      </header>
      ${problemNote(this.problem)}
      <section class="card"><dl class="facts plain">
        <div><dt>Images</dt><dd>${count(images)}</dd></div>
        <div><dt>Boxes it came with</dt><dd>${count(annotations)}</dd></div>
        <div><dt>Source</dt><dd>${source.type}, <code>${source.path}</code></dd></div>
        <div><dt>Ready since</dt><dd>${at(readyAt)}</dd></div>
      </dl></section>
      ${status === 'READY' ? datasetTabs(this.dataset) : nothing}
      ${status === 'IMPORTING' ? this.progress() : nothing}
      ${duplicateOf ? html`<p class="note">The project has the same content already: <a href="/datasets/${duplicateOf}">open that dataset</a>.</p>` : nothing}
      ${this.preflight()}
      ${status === 'READY' ? html`<gl-export .dataset=${this.dataset}></gl-export>` : nothing}
      ${status === 'READY' ? this.gallery() : nothing}`;
  }

  progress() {
    const { done, total } = this.shown.progress;
    return html`<section class="card stack">
      <div><h2>Preflight</h2><p class="quiet">${total == null ? 'Reading the source…' : `${count(done)} of ${counted(total, 'image')} inspected.`}</p></div>
      ${total == null ? html`<progress class="tall" aria-label="Images inspected"></progress>`
        : html`<progress class="tall" max=${total} value=${done} aria-label="Images inspected"></progress>`}
    </section>`;
  }

  /** All of the report where it is why there is no dataset; else what it comes to. */
  preflight() {
    const report = this.shown.preflight;
    if (!report || report.groups.length === 0) {
      return nothing;
    }
    return html`<section class="stack" id="preflight">${this.shown.status === 'REJECTED'
      ? html`<p class="note bad"><strong>The source was refused; nothing of it was kept.</strong><span>Mend what is listed and register it again.</span></p>${preflightReport(report)}`
      : html`<p class="note warn"><span>Preflight noticed something: ${outcome(report)}. <a href="/datasets/${this.dataset}/preflight">Read the report</a></span></p>`}</section>`;
  }

  gallery() {
    return html`<section class="stack">
      <div class="row spread"><h2>Images</h2>
        <div class="tabs" role="group" aria-label="Show images with boxes that are">${FILTERS.map(([filter, label]) => html`
          <button aria-pressed=${this.filter === filter} @click=${() => this.choose(filter)}>${label}</button>`)}</div></div>
      ${this.images.length === 0 && !this.busy ? html`<p class="card empty">No image has such a box.</p>` : nothing}
      <ul class="grid">${this.images.map((image) => html`<li><a class="tile" href="/images/${image.id}">
        <gl-boxes src="/api/images/${image.id}/thumbnail" alt=${image.fileName} .width=${image.width} .height=${image.height} .boxes=${image.boxes}></gl-boxes>
        <span class="caption"><span title=${image.fileName}>${image.fileName}</span><span>${counted(image.boxes.length, 'box', 'boxes')}</span></span>
      </a></li>`)}</ul>
      ${this.next ? html`<div class="row"><button class="button" ?disabled=${this.busy} @click=${() => this.attempt(() => this.more())}>Load more</button></div>` : nothing}
    </section>`;
  }
}

customElements.define('gl-dataset', Dataset);
