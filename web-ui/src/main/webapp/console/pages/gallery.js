import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Crops, GONE } from '../review/crops.js';
import { Deciding, MOST } from '../review/deciding.js';
import { PADDING, cells, drawn, layout, tools } from '../review/gallery-grid.js';
import { DONE, ORDERS, filters, troubles, whole } from '../review/gallery-parts.js';
import '../review/gl-keys.js';
import { GALLERY_ACTIONS, KeyMap, pretty } from '../review/keys.js';
import * as selection from '../review/selection.js';
import { outboxOf, saving } from '../review/sending.js';
import { Page, count, counted, percent, problemNote } from '../ui.js';

const PAGE = 200;

/** Open proposals of one category side by side, decided about many at a time. */
class Gallery extends Page {
  static properties = {
    datasets: { state: true }, categories: { state: true }, crops: { state: true }, opened: { state: true }, chosen: { state: true }, top: { state: true }, view: { state: true }, asking: { state: true }, said: { state: true },
  };

  constructor() {
    super();
    this.keys = new KeyMap(localStorage, 'gleaner-gallery-keys', GALLERY_ACTIONS);
    this.chosen = selection.none();
    this.top = 0;
    this.view = { width: 0, height: 0 };
    this.said = '';
    this.onKey = (event) => this.press(event);
    this.redraw = () => this.requestUpdate();
    this.onAnswered = (event) => this.deciding.answered(event.detail);
    this.onSeen = () => document.visibilityState === 'visible' && this.deciding?.startAgain();
    this.resized = new ResizeObserver(([entry]) => {
      this.view = { width: entry.target.clientWidth - PADDING, height: entry.target.clientHeight };
    });
  }

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Gallery – Gleaner';
    window.addEventListener('keydown', this.onKey);
    document.addEventListener('visibilitychange', this.onSeen);
    this.attempt(() => this.start());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.onKey);
    document.removeEventListener('visibilitychange', this.onSeen);
    this.events?.removeEventListener('change', this.redraw);
    this.events?.removeEventListener('answered', this.onAnswered);
    this.resized.disconnect();
    this.crops?.close();
  }

  async start() {
    const [session, datasets] = await Promise.all([api('session'), all('datasets')]);
    const { outbox, events } = outboxOf(session.name, 'gallery');
    this.outbox = outbox;
    this.events = events;
    this.deciding = new Deciding({ outbox });
    events.addEventListener('change', this.redraw);
    events.addEventListener('answered', this.onAnswered);
    const ready = datasets.filter((dataset) => dataset.status === 'READY').reverse();
    const asked = new URLSearchParams(location.search);
    this.wanted = {
      dataset: Number(asked.get('dataset')) || ready[0]?.id, category: asked.get('category'),
      order: ORDERS.some(([order]) => order === asked.get('order')) ? asked.get('order') : 'lowest', least: asked.get('least') ?? '', most: asked.get('most') ?? '',
    };
    this.datasets = ready;
    if (ready.length > 0) {
      this.focusing = true;
      await this.readCategories();
    }
  }

  async readCategories() {
    const { items } = await api(`datasets/${this.wanted.dataset}/crops/categories`);
    this.categories = items;
    if (!items.some(({ category }) => category === this.wanted.category)) {
      this.wanted.category = items[0]?.category ?? null;
    }
    await this.readCrops();
  }

  /** Begins at the top with what is wanted now. */
  async readCrops() {
    this.crops?.close();
    this.crops = null;
    this.focusing ||= this.grid?.contains(document.activeElement);
    this.chosen = selection.none();
    const { dataset, category, order, least, most } = this.wanted;
    history.replaceState(null, '', `/gallery?${new URLSearchParams(Object.entries(this.wanted).filter(([, value]) => value))}`);
    if (category === null) {
      return;
    }
    const query = new URLSearchParams({ category, order, ...(least === '' ? {} : { least }), ...(most === '' ? {} : { most }) });
    const crops = new Crops({
      size: PAGE, onChange: this.redraw, onProblem: (problem) => { this.problem = problem; },
      places: () => api(`datasets/${dataset}/crops/places?size=${PAGE}&${query}`),
      page: (after, until, signal) => api(`datasets/${dataset}/crops?limit=${PAGE}&${query}${after ? `&after=${encodeURIComponent(after)}` : ''}${until ? `&until=${encodeURIComponent(until)}` : ''}`, { signal }),
    });
    this.crops = crops;
    this.opened = false;
    await crops.open();
    if (this.crops !== crops) {
      return;
    }
    this.deciding.forget();
    this.deciding.startAgain();
    this.opened = true;
    this.top = 0;
    await this.updateComplete;
    if (this.grid) {
      this.grid.scrollTop = 0;
    }
  }

  change(change) {
    Object.assign(this.wanted, change);
    this.attempt(() => ('dataset' in change ? this.readCategories() : this.readCrops()));
  }

  get grid() {
    return this.querySelector('.gallery');
  }

  get layout() {
    return layout(this.view, this.crops?.total ?? 0);
  }

  get drawn() {
    return drawn(this.layout, this.view, this.top);
  }

  updated() {
    const { grid } = this;
    if (grid && grid !== this.watched) {
      this.resized.disconnect();
      this.resized.observe(grid);
    }
    this.watched = grid;
    if (grid && this.focusing) {
      this.focusing = false;
      grid.focus();
    }
    if (grid && this.opened && this.view.width > 0) {
      const [first, last] = this.drawn;
      const { columns } = this.layout;
      this.crops.want(first * columns, Math.min(this.crops.total, (last + 1) * columns) - 1);
    }
  }

  scrolled(event) {
    const { scrollTop } = event.target;
    if (!this.frame) {
      this.frame = requestAnimationFrame(() => {
        this.frame = null;
        this.top = this.grid?.scrollTop ?? scrollTop;
      });
    }
  }

  /** The place of the cursor comes into sight. */
  show() {
    const { columns, tall } = this.layout;
    const y = Math.floor(this.chosen.cursor / columns) * tall;
    const { grid } = this;
    grid.scrollTop = Math.max(Math.min(grid.scrollTop, y), y + tall - grid.clientHeight);
    this.top = grid.scrollTop;
  }

  get places() {
    const places = selection.chosen(this.chosen);
    return places.length > 0 ? places : [this.chosen.cursor];
  }

  go(way, extending) {
    const { columns, tall } = this.layout;
    const page = Math.max(1, Math.floor(this.view.height / tall)) * columns;
    const { total } = this.crops;
    const { cursor } = this.chosen;
    const to = { left: cursor - 1, right: cursor + 1, up: cursor - columns < 0 ? cursor : cursor - columns, down: cursor + columns >= total ? cursor : cursor + columns,
      'page-up': cursor - page, 'page-down': cursor + page, first: 0, last: total - 1 }[way];
    this.chosen = extending ? selection.extend(this.chosen, to, total, MOST) : selection.move(this.chosen, to, total);
    this.show();
    this.tell();
  }

  tell() {
    const places = selection.chosen(this.chosen);
    const crop = this.crops.at(this.chosen.cursor);
    this.said = `${count(this.chosen.cursor + 1)} of ${count(this.crops.total)}${crop && crop !== GONE ? `: ${this.describe(crop)}` : ''}. ${places.length ? `${count(places.length)} chosen.` : ''}${this.chosen.full ? ` No more than ${count(MOST)} go at once.` : ''}`;
  }

  describe(crop) {
    const state = this.deciding.states()(crop.annotation);
    return `${this.wanted.category}${crop.score == null ? '' : `, ${percent(crop.score)}`}${state?.action ? `, ${DONE[state.action]}` : ''}`;
  }

  async decide(action) {
    const { places, crops } = this;
    const before = this.chosen;
    const found = await crops.those(places);
    if (crops !== this.crops) {
      return;
    }
    if (found === null) {
      this.said = 'Some of them could not be read; try again.';
      return;
    }
    const done = this.deciding.decide(found, action);
    if (this.chosen === before && done > 0) {
      this.chosen = selection.none(Math.min(crops.total - 1, places.at(-1) + 1));
      this.show();
    }
    this.said = done > 0 ? `${counted(done, 'box', 'boxes')} ${DONE[action]}.` : `Nothing to ${action}: it is on its way, or ${DONE[action]} already.`;
    this.requestUpdate();
  }

  /** Does as the button in the first conflict, if there is one. */
  settle(which) {
    this.querySelector(`.conflict [data-stand=${which}]`)?.click();
  }

  undo() {
    const undone = this.deciding.undo();
    this.said = undone ? `${counted(undone, 'box', 'boxes')} taken back.` : 'Nothing to undo.';
    this.requestUpdate();
  }

  redo() {
    const done = this.deciding.redo();
    this.said = done ? `${counted(done, 'box', 'boxes')} decided again.` : done === null ? 'That is still being taken back; try again in a moment.' : 'Nothing to do again.';
    this.requestUpdate();
  }

  act(action) {
    const [, extending, way] = /^(extend-)?(.*)$/.exec(action);
    if (['left', 'right', 'up', 'down', 'page-up', 'page-down', 'first', 'last'].includes(way)) {
      this.go(way, extending !== undefined);
      return;
    }
    ({
      toggle: () => { this.chosen = selection.toggle(this.chosen, MOST); this.tell(); },
      none: () => { this.chosen = selection.none(this.chosen.cursor); this.tell(); },
      accept: () => this.decide('accept'),
      reject: () => this.decide('reject'),
      undo: () => this.undo(),
      redo: () => this.redo(),
      look: () => this.crops.at(this.chosen.cursor)?.bbox && this.ask('look'),
      fresh: () => this.attempt(() => this.readCategories()),
      theirs: () => this.settle('theirs'),
      mine: () => this.settle('mine'),
      help: () => this.ask('help'),
    })[action]?.();
  }

  press(event) {
    if (!this.deciding || this.asking || event.defaultPrevented || event.isComposing) {
      return;
    }
    const { target } = event;
    const typing = target.matches('input, textarea, select');
    const pressing = target.matches('button, a, summary') && (event.key === 'Enter' || event.key === ' ');
    if (typing && event.key === 'Escape') {
      this.focusing = true;
      this.requestUpdate();
    }
    if (pressing && event.repeat) {
      event.preventDefault();
    }
    if (typing || pressing) {
      return;
    }
    const action = this.keys.pressed(event);
    if (action && (this.opened && this.crops?.total > 0 || ['undo', 'redo', 'help', 'fresh', 'theirs', 'mine'].includes(action))) {
      event.preventDefault();
      this.act(action);
    }
  }

  click(event, place) {
    const at = selection.move(this.chosen, place, this.crops.total);
    this.chosen = event.shiftKey ? selection.extend(this.chosen, place, this.crops.total, MOST) : selection.toggle(at, MOST);
    this.tell();
  }

  /** Opens a dialog; what was focused before gets the focus back when it closes. */
  async ask(what) {
    this.asking = what;
    await this.updateComplete;
    this.querySelector('dialog').showModal();
  }

  answer() {
    this.querySelector('dialog').close();
    this.asking = null;
  }

  render() {
    if (!this.datasets) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="row spread">
        <div class="stack tight"><p class="crumbs"><a href="/review">Review</a></p><h1>Gallery</h1></div>
        <div class="row">${this.saving()}<a class="button" href="/quality?dataset=${this.wanted.dataset ?? ''}">Quality</a>
          <button class="button" @click=${() => this.act('help')}>Keys <kbd>${pretty(this.keys.keyOf('help'))}</kbd></button></div>
      </header>
      ${problemNote(this.problem)}
      ${troubles(this)}
      ${this.datasets.length === 0 ? html`<section class="card empty"><h2>No dataset yet</h2><p>Register one and label it; then its proposals can be reviewed here.</p>
        <a class="button primary" href="/datasets/new">Add a dataset</a></section>` : html`${filters(this)}${this.body()}`}
      <p class="unseen" role="status" aria-live="polite">${this.said}</p>
      ${this.asking ? this.dialog() : nothing}`;
  }

  saving() {
    const boxes = (entries) => entries.reduce((sum, { body }) => sum + (body.boxes?.length ?? 1), 0);
    const waiting = boxes(this.outbox.entries().filter((entry) => !entry.trouble));
    const [look, text] = saving(this.outbox, waiting, `Saving ${counted(waiting, 'decision')}…`);
    return html`<span class="badge ${look}" id="saving" role="status">${text}</span>
      ${this.deciding.decided ? html`<span class="quiet small" id="decided">${counted(this.deciding.decided, 'box', 'boxes')} decided</span>` : nothing}`;
  }

  body() {
    if (this.categories && this.categories.length === 0) {
      return html`<section class="card empty"><h2>Nothing waits for a decision here</h2><p>No proposal of this dataset is open. A labeling run makes new ones.</p>
        <a class="button primary" href="/runs/new?dataset=${this.wanted.dataset}">Label this dataset</a></section>`;
    }
    if (!this.opened) {
      return this.problem ? nothing : html`<p class="quiet">Reading…</p>`;
    }
    if (this.crops.total === 0) {
      return html`<section class="card empty"><h2>No open proposal has such a score</h2><button class="button primary" @click=${() => this.change({ least: '', most: '' })}>Show all scores</button></section>`;
    }
    return html`${tools(this)}${cells(this)}`;
  }

  dialog() {
    const close = () => this.answer();
    return html`<dialog class="card wide" aria-labelledby="asked" @cancel=${(event) => { event.preventDefault(); close(); }}>
      ${this.asking === 'help' ? html`<gl-keys .keys=${this.keys} @close=${close}></gl-keys>` : whole(this, close)}</dialog>`;
  }
}

customElements.define('gl-gallery', Gallery);
