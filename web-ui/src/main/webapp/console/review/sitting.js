// A reviewer's way through a queue: which items they hold, what they said of each, and how that is taken back. Knows nothing of pages.
import { read, rebase, decisions } from './marks.js';
import { randomId } from './outbox.js';
import { UndoStack } from './undo.js';

/** The current item and the next three. */
const HELD = 4;
/** The server takes no more; a page may be left open over a weekend. */
const LONGEST_SECONDS = 86_400;

export class Sitting {
  /**
   * @param {{claim: (count: number) => Promise<object[]>, held: () => Promise<object[]>}} queue
   * @param {Outbox} outbox
   * @param {Storage} storage for what is marked and not yet saved
   */
  constructor({ queue, outbox, storage, newId = randomId, now = () => Date.now(), onChange = () => {}, onItem = () => {}, retryMillis = 2000 }) {
    Object.assign(this, { queue, outbox, storage, newId, now, onChange, onItem, retryMillis });
    this.items = new Map();
    this.ahead = [];
    this.current = null;
    this.history = new UndoStack();
    this.exhausted = false;
    this.away = false;
    this.lost = true;
    this.decided = 0;
  }

  get shown() {
    return this.items.get(this.current) ?? null;
  }

  draftName(id) {
    return `gleaner-draft.${id}`;
  }

  /** Takes items in, unless they are known or a decision about them is on its way. */
  take(items) {
    const onTheirWay = new Set(this.outbox.entries().map((entry) => entry.item));
    for (const item of items) {
      if (onTheirWay.has(item.id) || this.current === item.id || this.ahead.includes(item.id)) {
        continue;
      }
      const draft = this.drafted(item);
      this.items.set(item.id, { item, boxes: draft?.boxes ?? read(item), comment: draft?.comment ?? '', spent: 0 });
      this.ahead.push(item.id);
      this.onItem(item);
    }
    if (this.current === null) {
      this.advance();
    }
  }

  drafted(item) {
    const draft = JSON.parse(this.storage.getItem(this.draftName(item.id)) ?? 'null');
    return draft && draft.version === item.version ? draft : null;
  }

  get missing() {
    return HELD - this.ahead.length - (this.current === null ? 0 : 1);
  }

  /** Claims so many items that the next ones are at hand. */
  async refill() {
    if (this.missing <= 0 || this.filling || this.closed) {
      return;
    }
    this.filling = true;
    clearTimeout(this.timer);
    try {
      if (this.outbox.away) {
        throw new Error('first what waits to be sent: claiming again what it is about would change it');
      }
      if (this.lost) {
        // Also what was claimed by a request whose answer was lost, or by a browser that was closed.
        this.take(await this.queue.held());
        this.lost = false;
      }
      // Again while images were finished during the claim, or the reviewer would wait at the end of what is held.
      this.exhausted = false;
      for (let missing = this.missing; missing > 0 && !this.exhausted && !this.closed; missing = this.missing) {
        const items = await this.queue.claim(missing);
        this.exhausted = items.length < missing;
        this.take(items);
      }
      this.away = false;
    } catch (problem) {
      this.lost = true;
      if (problem.status && problem.status < 500 && !problem.foreign) {
        this.problem = problem;
      } else {
        this.away = true;
        this.timer = setTimeout(() => this.refill(), this.retryMillis);
      }
    } finally {
      this.filling = false;
      this.onChange();
    }
  }

  advance() {
    this.pause();
    this.current = this.ahead.shift() ?? null;
    this.since = this.now();
    this.onChange();
  }

  pause() {
    const { shown } = this;
    if (shown) {
      shown.spent += this.now() - this.since;
    }
  }

  set(id, boxes) {
    this.items.get(id).boxes = boxes;
    this.draft(id);
  }

  /** What the decision about the current item is to say besides. */
  comment(text) {
    this.shown.comment = text;
    this.draft(this.current);
  }

  draft(id) {
    const { item, boxes, comment } = this.items.get(id);
    try {
      this.storage.setItem(this.draftName(id), JSON.stringify({ version: item.version, boxes, comment }));
    } catch {
      // A full storage must not keep anybody from marking boxes; only what is decided has to be stored.
    }
    this.onChange();
  }

  /** What the reviewer did to the current item's boxes. Steps of one kind in a row, such as nudges, are undone as one. */
  edit(boxes, run = null) {
    const { shown, current, history } = this;
    if (boxes === shown.boxes) {
      return;
    }
    const last = history.done.at(-1);
    if (run && last?.run === run && last.item === current) {
      last.after = boxes;
      history.undone = [];
    } else {
      history.push({ kind: 'edit', item: current, before: shown.boxes, after: boxes, run });
    }
    this.set(current, boxes);
  }

  /** Saves what was said of the current item, and goes on. */
  save() {
    const { boxes } = this.shown;
    this.end('decide', { boxes: decisions(boxes) });
  }

  skip(reason) {
    this.end('skip', { reason });
  }

  end(kind, body) {
    const { shown, current } = this;
    this.pause();
    this.since = this.now();
    const step = { kind: 'end', item: current, end: kind, body, requestId: null };
    this.send(step, shown);
    this.history.push(step);
    this.advance();
    this.refill();
  }

  send(step, { item, boxes, comment, spent }) {
    step.requestId = this.newId();
    this.decided++;
    this.outbox.add({
      requestId: step.requestId, item: step.item, kind: step.end, shown: boxes, image: item.image,
      body: { ...step.body, ...(step.end === 'decide' ? { boxes: decisions(boxes) } : {}), version: item.version,
        seconds: Math.min(LONGEST_SECONDS, Math.round(spent / 100) / 10), ...(comment ? { comment } : {}) },
    });
    this.storage.removeItem(this.draftName(step.item));
  }

  /** Takes the last step back; an item that was left is shown again. Null if there is none. */
  undo() {
    const step = this.history.undo();
    if (step?.kind === 'edit') {
      this.set(step.item, step.before);
    } else if (step) {
      this.pause();
      if (!this.outbox.withdraw(step.requestId)) {
        this.outbox.add({ requestId: this.newId(), item: step.item, kind: 'undo', body: {}, image: this.items.get(step.item).item.image });
      }
      this.decided--;
      if (this.current !== null) {
        this.ahead.unshift(this.current);
      }
      this.current = step.item;
      this.since = this.now();
      this.set(step.item, this.items.get(step.item).boxes);
    }
    return step;
  }

  redo() {
    const step = this.history.redo();
    if (step?.kind === 'edit') {
      this.set(step.item, step.after);
    } else if (step) {
      this.pause();
      this.send(step, this.items.get(step.item));
      this.advance();
      this.refill();
    }
    return step;
  }

  /** The server's answer to an undo: the item is held again, and its boxes have new versions. */
  answered({ entry, answer }) {
    const one = this.items.get(entry.item);
    if (one && answer?.now) {
      one.item = answer.now;
      one.boxes = rebase(one.boxes, answer.now);
      for (const step of [...this.history.done, ...this.history.undone].filter(({ kind, item }) => kind === 'edit' && item === entry.item)) {
        step.before = rebase(step.before, answer.now);
        step.after = rebase(step.after, answer.now);
      }
      this.onChange();
    }
    if (!this.ahead.length) {
      this.refill();
    }
  }

  /** What another decided stands: nothing of the item is left to undo. */
  forget(id) {
    this.history.forget(id);
    this.storage.removeItem(this.draftName(id));
    this.ahead = this.ahead.filter((one) => one !== id);
    if (this.current === id) {
      this.current = null;
      this.advance();
    }
    this.refill();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
  }
}
