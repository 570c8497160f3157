import { html, nothing } from 'lit';
import { api } from '../api.js';
import { moved, resized } from '../boxes.js';
import { adopt, disputed } from '../review/answers.js';
import { conflicts } from '../review/conflicts.js';
import { dialog } from '../review/dialogs.js';
import { item } from '../review/item-parts.js';
import { KeyMap } from '../review/keys.js';
import * as marks from '../review/marks.js';
import { outboxOf, saving } from '../review/sending.js';
import { Sitting } from '../review/sitting.js';
import { Page, counted, percent, problemNote } from '../ui.js';

const ZOOM = 1.25;
const PAN = 0.15;
/** A claim lasts ten minutes from the last call about its item. */
const RENEW_MILLIS = 240_000;

/** Clears a review queue: one image after the other, by keyboard or pointer. Or, with `ruling`, decides about one image about which its reviewers differ. */
class ReviewQueue extends Page {
  static properties = {
    queue: { attribute: false }, ruling: { attribute: false },
    shown: { state: true }, categories: { state: true }, chosen: { state: true }, drawing: { state: true }, sliders: { state: true },
    asking: { state: true }, typed: { state: true }, marked: { state: true }, said: { state: true },
  };

  constructor() {
    super();
    this.keys = new KeyMap(localStorage);
    this.pictures = new Map();
    this.sliders = {};
    this.drawing = false;
    this.asking = null;
    this.said = '';
    this.onKey = (event) => this.press(event);
    this.redraw = () => this.requestUpdate();
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('keydown', this.onKey);
    this.attempt(() => this.start());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.onKey);
    this.events?.removeEventListener('change', this.redraw);
    this.events?.removeEventListener('answered', this.onAnswered);
    this.sitting?.close();
    clearInterval(this.renewal);
  }

  async start() {
    const [queue, session] = await Promise.all([api(`review-queues/${this.queue}`), api('session')]);
    this.reviewer = session.name;
    this.categories = (await api(`projects/${queue.project}`)).categories;
    document.title = `${queue.name} – Gleaner`;
    const { outbox, events } = outboxOf(session.name);
    this.outbox = outbox;
    this.events = events;
    this.sitting = new Sitting({
      queue: this.source(),
      outbox, storage: localStorage, onChange: this.redraw, onItem: (item) => this.prefetch(item),
    });
    this.onAnswered = (event) => this.sitting.answered(event.detail);
    events.addEventListener('change', this.redraw);
    events.addEventListener('answered', this.onAnswered);
    this.renewal = setInterval(() => this.renew(), RENEW_MILLIS);
    await this.sitting.refill();
    this.shown = queue;
    this.chooseFirst();
  }

  /** Where items come from: the queue hands them out, or there is the one that was asked for, until it is decided. */
  source() {
    const path = `review-queues/${this.queue}`;
    return this.ruling ? {
      held: async () => (this.sitting.decided ? [] : [await api(`${path}/rulings`, { json: { image: Number(this.ruling) } })]),
      claim: async () => [],
    } : {
      held: async () => (await api(`${path}/claim`)).items,
      claim: async (count) => (await api(`${path}/claim`, { json: { count } })).items,
    };
  }

  /** The picture is there, and decoded, before the reviewer gets to it. */
  prefetch({ image }) {
    if (!this.pictures.has(image.id)) {
      const picture = new Image();
      picture.src = `/api/images/${image.id}/picture`;
      picture.decode().catch(() => this.pictures.delete(image.id));
      this.pictures.set(image.id, picture);
      if (this.pictures.size > 30) {
        this.pictures.delete(this.pictures.keys().next().value);
      }
    }
  }

  renew() {
    const { sitting } = this;
    [sitting.current, ...sitting.ahead].filter((id) => id !== null).forEach((id) => api(`review-items/${id}`).catch(() => null));
  }

  /** Another image may also be shown because one came that was waited for. */
  willUpdate() {
    if (this.sitting && this.sitting.current !== this.at) {
      this.at = this.sitting.current;
      if (!this.box) {
        this.chooseFirst();
      }
    }
  }

  /** The chosen box stays in sight in the list of a crowded image. */
  updated(changes) {
    if (changes.has('chosen')) {
      const list = this.querySelector('.choices');
      const row = list?.querySelector('[aria-pressed=true]');
      if (row) {
        list.scrollTop += Math.min(0, row.offsetTop - list.offsetTop - list.scrollTop) || Math.max(0, row.offsetTop + row.offsetHeight - list.offsetTop - list.scrollTop - list.clientHeight);
      }
    }
  }

  get boxes() {
    return this.sitting.shown?.boxes ?? [];
  }

  get box() {
    return this.boxes.find((box) => box.key === this.chosen) ?? null;
  }

  get editor() {
    return this.querySelector('box-editor');
  }

  /** Where reviewers differ, what they differ about. Otherwise the undecided first, then the rest, each from the top of the image. */
  chooseFirst() {
    this.chosen = (disputed(this.boxes, this.sitting.shown?.item.answers ?? []) ?? this.boxes.find(marks.isUndecided) ?? this.boxes[0])?.key ?? null;
    this.drawing = false;
  }

  choose(key) {
    this.chosen = key;
    const box = this.box;
    if (box) {
      const at = this.boxes.indexOf(box) + 1;
      this.said = `Box ${at} of ${this.boxes.length}: ${box.category}${box.score == null ? '' : `, ${percent(box.score)}`}${marks.state(box) ? `, ${marks.state(box)}` : ''}`;
    }
  }

  /** On to the next box that waits for a decision, if there is one. */
  goOn() {
    const { boxes } = this;
    const at = boxes.findIndex((box) => box.key === this.chosen);
    const next = [...boxes.slice(at + 1), ...boxes.slice(0, at + 1)].find(marks.isUndecided);
    this.choose(next?.key ?? this.chosen);
  }

  mark(how) {
    if (this.box) {
      const name = this.box.category;
      this.sitting.edit(how(this.boxes, this.chosen));
      if (how === marks.clear) {
        this.choose(this.chosen);
      } else {
        this.goOn();
        this.said = `${name} ${how === marks.accept ? 'accepted' : 'rejected'}. ${this.said}`;
      }
    }
  }

  nudge(move, run) {
    if (this.box) {
      const { image } = this.sitting.shown.item;
      this.sitting.edit(marks.place(this.boxes, this.chosen, move(this.box.bbox, image)), `${run} ${this.chosen}`);
    }
  }

  slide(hundredths) {
    const category = this.box?.category;
    if (category) {
      this.sliders = marks.slid(this.sliders, category, hundredths);
      this.said = `Least score of ${category}: ${percent(this.sliders[category])}.`;
    }
  }

  /** Does as the button in the first conflict, if there is one. */
  settle(which) {
    this.querySelector(`.conflict [data-stand=${which}]`)?.click();
  }

  save() {
    const open = this.boxes.filter(marks.isUndecided).length;
    this.sitting.save();
    this.chooseFirst();
    this.said = `Saved${open ? `, ${counted(open, 'box', 'boxes')} left open` : ''}. ${this.sitting.shown ? `Next: ${this.sitting.shown.item.image.fileName}, ${counted(this.boxes.length, 'box', 'boxes')}.` : 'No more images.'}`;
  }

  takeBack(which) {
    const step = this.sitting[which]();
    this.said = step ? `${which === 'undo' ? 'Undone' : 'Done again'}.` : `Nothing to ${which}.`;
    if (!this.box) {
      this.chooseFirst();
    }
  }

  /** Has the last word be what one of those said who differ; it can be changed before it is saved. */
  take(name) {
    const { answers } = this.sitting.shown.item;
    if (answers?.some((answer) => answer.name === name)) {
      this.sitting.edit(adopt(this.boxes, answers, name));
      this.chooseFirst();
      this.said = `What ${name} said is taken.`;
    }
  }

  drawn(bbox) {
    const { sitting } = this;
    const category = this.lastCategory ?? this.box?.category ?? this.categories[0];
    let number = 1;
    while (this.boxes.some((box) => box.key === `d${number}`)) {
      number++;
    }
    sitting.edit(marks.draw(this.boxes, `d${number}`, category, bbox));
    this.drawing = false;
    this.chosen = `d${number}`;
    this.ask('relabel', category);
  }

  /** Without a pointer: a box in the middle of what is seen, to be moved and resized. */
  drawInTheMiddle() {
    const { view, size } = this.editor;
    const { image } = this.sitting.shown.item;
    const middle = [(size.width / 2 - view.x) / view.scale, (size.height / 2 - view.y) / view.scale];
    const [width, height] = [size.width, size.height].map((side, i) => Math.min(side / view.scale / 4, (i ? image.height : image.width) / 4));
    this.drawn(moved([middle[0] - width / 2, middle[1] - height / 2, width, height], 0, 0, image));
  }

  act(action) {
    const { sitting, editor } = this;
    const steps = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1], narrower: [-1, 0], wider: [1, 0], lower: [0, -1], higher: [0, 1] };
    const [name, ten] = action.split('-10');
    const [, corner, way] = /^(corner-)?(.*)$/.exec(name);
    if (steps[way]) {
      const [dx, dy] = steps[way].map((step) => step * (ten === undefined ? 1 : 10));
      const moves = !corner && ['left', 'right', 'up', 'down'].includes(way);
      this.nudge((bbox, image) => (moves ? moved(bbox, dx, dy, image) : resized(bbox, corner ? 'nw' : 'se', dx, dy, image)), moves ? 'move' : 'resize');
      return;
    }
    ({
      'next-box': () => this.choose(marks.neighbour(this.boxes, this.chosen, 1)),
      'previous-box': () => this.choose(marks.neighbour(this.boxes, this.chosen, -1)),
      accept: () => this.mark(marks.accept),
      reject: () => this.mark(marks.reject),
      delete: () => this.mark(marks.reject),
      clear: () => this.mark(marks.clear),
      relabel: () => this.box && this.ask('relabel', ''),
      draw: () => { this.drawing = !this.drawing; this.said = this.drawing ? 'Drag a box, or press Enter for one in the middle.' : ''; },
      'accept-above': () => { sitting.edit(marks.acceptAbove(this.boxes, this.sliders)); this.goOn(); },
      'slider-down': () => this.slide(-1),
      'slider-up': () => this.slide(1),
      theirs: () => this.settle('theirs'),
      mine: () => this.settle('mine'),
      'reject-below': () => { sitting.edit(marks.rejectBelow(this.boxes, this.sliders)); this.goOn(); },
      save: () => this.save(),
      'accept-rest': () => { sitting.edit(marks.acceptRest(this.boxes)); this.save(); },
      skip: () => this.ask('skip', ''),
      'take-a': () => this.take('A'),
      'take-b': () => this.take('B'),
      comment: () => this.ask('comment', sitting.shown.comment),
      undo: () => this.takeBack('undo'),
      redo: () => this.takeBack('redo'),
      'zoom-in': () => editor.zoom(ZOOM),
      'zoom-out': () => editor.zoom(1 / ZOOM),
      fit: () => editor.fit(),
      'zoom-box': () => this.box && editor.zoomTo(this.box.bbox),
      'pan-left': () => editor.pan(PAN, 0),
      'pan-right': () => editor.pan(-PAN, 0),
      'pan-up': () => editor.pan(0, PAN),
      'pan-down': () => editor.pan(0, -PAN),
      help: () => this.ask('help', ''),
    })[action]?.();
  }

  press(event) {
    if (!this.sitting || this.asking || event.defaultPrevented || event.isComposing) {
      return;
    }
    const { target } = event;
    const typing = target.matches('input:not([type=range]), textarea, select') || target.matches('input[type=range]') && event.key.startsWith('Arrow');
    const pressing = target.matches('button, a, summary') && (event.key === 'Enter' || event.key === ' ');
    if (event.key === 'Escape' && this.drawing) {
      this.drawing = false;
      return;
    }
    if (pressing && event.repeat) {
      event.preventDefault();
    }
    if (typing || pressing) {
      return;
    }
    if (this.drawing && event.key === 'Enter' && !event.repeat) {
      event.preventDefault();
      this.drawInTheMiddle();
      return;
    }
    const action = this.keys.pressed(event);
    if (action && (this.sitting.shown || ['undo', 'redo', 'help', 'theirs', 'mine'].includes(action))) {
      event.preventDefault();
      this.act(action);
    }
  }

  /** Opens a dialog; what was focused before gets the focus back when it closes. */
  async ask(what, typed) {
    this.asking = what;
    this.typed = typed;
    this.marked = 0;
    await this.updateComplete;
    const dialog = this.querySelector('dialog');
    dialog.showModal();
    dialog.querySelector('[autofocus]')?.focus();
    dialog.querySelector('input[autofocus]')?.select();
  }

  answer(work) {
    this.querySelector('dialog').close();
    this.asking = null;
    work?.();
    this.requestUpdate();
  }

  render() {
    if (!this.shown) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const { sitting } = this;
    return html`
      <header class="row spread">
        <div class="stack tight"><p class="crumbs"><a href="/review">Review</a> / ${this.ruling ? html`<a href="/quality?project=${this.shown.project}">Quality</a> / Where reviewers of ${this.shown.name} differ` : this.shown.name}</p>
          <h1>${sitting.shown ? sitting.shown.item.image.fileName : 'Nothing left to review'}</h1></div>
        <div class="row">${this.saving()}<button class="button" @click=${() => this.act('help')}>Keys <kbd>${this.keys.keyOf('help')}</kbd></button></div>
      </header>
      ${problemNote(this.problem ?? sitting.problem)}
      ${conflicts(this)}
      ${sitting.shown ? item(this) : this.finished()}
      <p class="unseen" role="status" aria-live="polite">${this.said}</p>
      ${this.asking ? dialog(this) : nothing}`;
  }

  /** What is saved and what is not, in words. */
  saving() {
    const entries = this.outbox.entries();
    const waiting = entries.filter((entry) => !entry.trouble).length;
    const [look, text] = saving(this.outbox, waiting, 'Saving…');
    return html`<span class="badge ${look}" id="saving" data-waiting=${waiting} role="status">${text}</span>
      ${this.sitting.decided ? html`<span class="quiet small">${counted(this.sitting.decided, 'image')} done</span>` : nothing}`;
  }

  finished() {
    const { sitting } = this;
    if (this.ruling && !sitting.away) {
      return html`<section class="card empty"><h2>${sitting.decided ? 'Decided' : 'Nothing to decide'}</h2>
        <p>${sitting.decided ? 'What you left is what is on the image. Figures of agreement stay what the others said by themselves.' : ''}</p>
        <div class="row"><button class="button" @click=${() => this.takeBack('undo')}>Undo</button><a class="button primary" href="/quality?project=${this.shown.project}">Where reviewers differ</a></div></section>`;
    }
    return html`<section class="card empty"><h2>${sitting.away ? 'The server does not answer' : sitting.exhausted ? 'This queue is cleared' : 'Fetching the next image…'}</h2>
      <p>${sitting.away ? 'What you decided is kept here and sent when it is back.' : sitting.exhausted
        ? `You decided about ${counted(sitting.decided, 'image')} in this sitting. What others hold may come back later.` : ''}</p>
      <div class="row"><button class="button" @click=${() => this.takeBack('undo')}>Undo</button><button class="button" @click=${() => sitting.refill()}>Look again</button>
        <a class="button primary" href="/review">All queues</a></div></section>`;
  }

  letStand(entry) {
    this.outbox.entries().filter((one) => one.item === entry.item).forEach((one) => this.outbox.drop(one.requestId));
    this.sitting.forget(entry.item);
    this.chooseFirst();
    this.outbox.flush();
  }

  insist(entry, taken) {
    const { current } = entry.trouble;
    const undone = current && !taken && entry.kind !== 'undo' && ['DONE', 'SKIPPED'].includes(current.status);
    this.outbox.insist(entry.requestId, undone ? this.sitting.newId() : null);
  }
}

customElements.define('gl-review-queue', ReviewQueue);
