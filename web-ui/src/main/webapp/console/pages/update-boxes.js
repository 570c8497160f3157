import { html, nothing } from 'lit';
import { api } from '../api.js';
import { datasetHead } from '../dataset-tabs.js';
import '../gl-boxes.js';
import { outcome, preflightReport } from '../preflight-report.js';
import { randomId } from '../review/outbox.js';
import { Page, count, counted, field, problemNote, tone } from '../ui.js';

/** Formats; those that are one file can be sent. */
const TYPES = [['coco', 'COCO', true], ['cvat', 'CVAT', true], ['label-studio', 'Label Studio', true], ['csv', 'CSV', true], ['voc', 'Pascal VOC', false], ['yolo', 'YOLO', false]];
const KINDS = [['added', 'Added'], ['moved', 'Moved'], ['relabelled', 'Given another category'], ['removed', 'Removed']];
/** Images that are drawn before and after at first, and more each time they are asked for. */
const DRAWN = 12;

/** Takes boxes from a file into a dataset: shows the difference first, then follows it. */
class UpdateBoxes extends Page {
  static properties = {
    dataset: { attribute: false },
    shown: { state: true }, upload: { state: true }, type: { state: true }, difference: { state: true }, over: { state: true }, drawn: { state: true }, done: { state: true }, doing: { state: true }, undone: { state: true },
  };

  constructor() {
    super();
    this.upload = false;
    this.type = 'coco';
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(async () => {
      this.shown = await api(`datasets/${this.dataset}`);
      document.title = `Update boxes of ${this.shown.name} – Gleaner`;
    });
  }

  /** What was shown is not that of another source. */
  change(change) {
    Object.assign(this, change, { difference: null, done: null, problem: null });
  }

  async compare(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    this.change({ over: false, drawn: DRAWN, undone: null, doing: 'Comparing…' });
    const { upload, type } = this;
    const file = form.get('file');
    const source = { type, path: form.get('path') };
    this.order = (more) => {
      if (!upload) {
        return { json: { source, ...more } };
      }
      const sent = new FormData();
      Object.entries({ type, ...more }).forEach(([name, value]) => sent.append(name, String(value)));
      sent.append('file', file);
      return { form: sent };
    };
    const difference = await this.attempt(() => api(`datasets/${this.dataset}/updates/preview`, this.order({})));
    this.difference = difference ?? null;
  }

  async follow() {
    const requestId = randomId();
    this.doing = 'Taking the boxes in…';
    const { token } = this.difference;
    const done = await this.attempt(() => api(`datasets/${this.dataset}/updates`, this.order({ token, overDecisions: this.over, requestId })));
    if (done) {
      this.done = { ...done, requestId };
      await this.updateComplete;
      this.querySelector('#done').focus();
    }
  }

  async takeBack() {
    this.doing = 'Taking it back…';
    this.undone = await this.attempt(() => api('annotations/decisions/undo', { json: { undoes: this.done.requestId, requestId: randomId() } }));
  }

  render() {
    if (!this.shown) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`${datasetHead(this.shown, 'Update boxes from a file')}
      ${this.shown.status === 'READY' ? this.source() : html`<p class="note warn"><span>The dataset has to be ready first.</span></p>`}
      ${problemNote(this.problem)}
      ${this.busy && this.doing ? html`<section class="card stack"><p role="status">${this.doing}</p><progress class="tall" aria-label=${this.doing}></progress></section>` : nothing}
      ${this.done ? this.result() : this.difference ? this.compared() : nothing}`;
  }

  source() {
    const types = TYPES.filter(([, , one]) => one || !this.upload);
    return html`<form class="card form" @submit=${this.compare}>
      <p class="quiet">Boxes of a file for images that are here already are compared with those that are here. Nothing is changed before you say so.</p>
      <div class="tabs" role="group" aria-label="Where the file is">
        <button type="button" aria-pressed=${!this.upload} @click=${() => this.change({ upload: false })}>On the server</button>
        <button type="button" aria-pressed=${this.upload} @click=${() => this.change({ upload: true, type: types.find(([type, , one]) => type === this.type && one)?.[0] ?? 'coco' })}>On this computer</button>
      </div>
      ${field('Format', html`<select name="type" @change=${(event) => this.change({ type: event.target.value })}>${types.map(([type, label]) => html`
        <option value=${type} ?selected=${type === this.type}>${label}</option>`)}</select>`, { hint: this.upload ? 'VOC and YOLO are many files: they have to be on the server.' : undefined })}
      ${this.upload
        ? field('File', html`<input type="file" name="file" required @change=${() => this.change({})}>`)
        : field('Path', html`<input type="text" name="path" required spellcheck="false" aria-invalid=${this.problem?.of?.('source.path') ? 'true' : nothing} @change=${() => this.change({})}>`,
          { hint: 'The file of annotations, or the folder that has it, under one of the folders of GLEANER_IMPORT_ROOTS.' })}
      <div class="row"><button class="button ${this.difference ? '' : 'primary'}" ?disabled=${this.busy}>Show the difference</button></div>
    </form>`;
  }

  compared() {
    const { images, unknownImages, differences, againstDecisions, preflight } = this.difference;
    const followed = this.over ? differences : differences - againstDecisions;
    return html`<section class="card stack" id="difference"><h2>${differences === 0 ? 'Nothing is different' : counted(differences, 'difference')}</h2>
        <dl class="facts plain">
          <div><dt>Images that both have</dt><dd>${count(images)}</dd></div>
          <div><dt>Only in the file, left out</dt><dd>${count(unknownImages)}</dd></div>
          ${KINDS.map(([kind, label]) => html`<div data-kind=${kind}><dt>${label}</dt><dd>${count(this.difference[kind])}</dd></div>`)}
        </dl>
        ${preflight.errors ? html`<p class="note bad" role="alert"><strong>The file cannot be followed: ${outcome(preflight)}.</strong><span>What could not be read of it would look like boxes that it lacks. Mend what is listed and compare again.</span></p>`
          : differences === 0 ? nothing : html`
        <fieldset><legend>Where a human decided otherwise: ${counted(againstDecisions, 'difference')}</legend>
          <label class="row"><input type="radio" name="over" .checked=${!this.over} @change=${() => { this.over = false; }}> What people decided stays</label>
          <label class="row"><input type="radio" name="over" .checked=${this.over} ?disabled=${againstDecisions === 0} @change=${() => { this.over = true; }}> The file wins over it</label></fieldset>
        <div class="row"><button class="button primary" id="follow" ?disabled=${this.busy || followed === 0} @click=${() => this.follow()}>Take in ${counted(followed, 'difference')}</button>
          <span class="quiet">It is done in your name, and can be taken back.</span></div>`}
      </section>
      ${preflightReport(preflight)}
      ${differences === 0 ? nothing : this.samples()}`;
  }

  result() {
    const { followed, kept } = this.done;
    return html`<section class="card stack" id="done" tabindex="-1" aria-label="Result"><h2>${counted(followed, 'difference')} taken in</h2>
      <p role="status">${kept ? `${counted(kept, 'difference')} left as people decided.` : 'The dataset has these boxes as the file has them.'}
        ${this.undone ? html` Taken back on ${counted(this.undone.decisions.length, 'image')}${this.undone.stale.length ? `; ${counted(this.undone.stale.length, 'box', 'boxes')} changed since stay` : ''}.` : nothing}</p>
      <div class="row"><a class="button primary" href="/datasets/${this.dataset}">Show the images</a>
        ${this.undone || followed === 0 ? nothing : html`<button class="button" ?disabled=${this.busy} @click=${() => this.takeBack()}>Take it back</button>`}</div></section>`;
  }

  /** The first images with differences, before and after. */
  samples() {
    const byImage = new Map();
    this.difference.samples.forEach((sample) => byImage.set(sample.image, [...(byImage.get(sample.image) ?? []), sample]));
    const all = [...byImage.values()];
    return html`<section class="stack"><div><h2>Before and after</h2><p class="quiet">Only what differs is drawn${this.difference.samples.length < this.difference.differences ? `, and of the differences the first ${count(this.difference.samples.length)}` : ''}.</p></div>
      ${all.slice(0, this.drawn).map((samples) => this.pair(samples))}
      ${all.length > this.drawn ? html`<div class="row"><button class="button" @click=${() => { this.drawn += DRAWN; }}>Show more images</button></div>` : nothing}</section>`;
  }

  /** What a side shows of a difference; null if nothing. What people decided is there afterwards, too, unless the file wins over it. */
  drawnBox({ was, becomes, status, kind, againstDecision }, side) {
    const stays = side === 'becomes' && againstDecision && !this.over;
    const place = side === 'was' || stays ? was : becomes;
    const rejected = place && place === was && status === 'REJECTED';
    return place && { ...place, look: `${tone(place.category)} ${rejected ? 'dropped' : ''}`, note: kind.toLowerCase(),
      text: `${place.category}${rejected ? ', rejected' : place === was && againstDecision ? ', decided' : ''}${stays ? ', stays' : ''}` };
  }

  pair(samples) {
    const [{ image, fileName, width, height }] = samples;
    const side = (title, of) => {
      const boxes = samples.map((sample) => this.drawnBox(sample, of)).filter(Boolean).map((box, id) => ({ ...box, id }));
      return html`<figure class="stack tight"><figcaption><h4>${title}</h4></figcaption>
        <gl-boxes large src="/api/images/${image}/picture" alt="${title}: ${boxes.map((box) => box.text).join('; ') || 'none of these boxes'}" .width=${width} .height=${height} .boxes=${boxes}></gl-boxes></figure>`;
    };
    const against = samples.filter((sample) => sample.againstDecision).length;
    return html`<article class="card stack" data-image=${image}><div class="row spread"><h3><a href="/images/${image}">${fileName}</a></h3>
        <span class="row"><span class="badge">${counted(samples.length, 'difference')}</span>${against ? html`<span class="badge warn">${against} against a decision</span>` : nothing}</span></div>
      <div class="pair">${side('Before', 'was')}${side('After', 'becomes')}</div></article>`;
  }
}

customElements.define('gl-update-boxes', UpdateBoxes);
