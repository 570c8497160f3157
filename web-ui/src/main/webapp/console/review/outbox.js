// Decisions on their way to the server. They are stored before they are sent, sent in order, and forgotten only when the server has
// answered: a closed browser, a lost network and a killed server lose none. What a full browser has no room for is sent all the same, but
// lost with the page; `loose` tells of it. Knows nothing of pages.
import { Kept } from './kept.js';

/** What sending an entry came to. */
export const ANSWERED = 'answered';
export const AWAY = 'away';
export const CONFLICT = 'conflict';
export const REFUSED = 'refused';

/** Unlike crypto.randomUUID, everywhere, not only where the address is one that browsers trust. */
export const randomId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** What a failed request means for its entry. A proxy, or a server that is still starting, answers without a problem of ours. */
export function outcome(problem) {
  if (problem.status === undefined || problem.foreign || problem.status >= 500 || [401, 408, 429].includes(problem.status)) {
    return AWAY;
  }
  return problem.status === 409 && problem.current ? CONFLICT : REFUSED;
}

/** A decision, a skip or an undo whose versions are those of the item as it is now. */
export function rebased(entry, item) {
  if (entry.kind === 'undo') {
    return entry;
  }
  const now = new Map(item.boxes.map((box) => [box.annotation, box.version]));
  const boxes = entry.body.boxes?.flatMap((box) => {
    if (box.annotation == null) {
      return [box];
    }
    return now.has(box.annotation) ? [{ ...box, version: now.get(box.annotation) }] : gone(box, entry.shown);
  });
  return { ...entry, body: { ...entry.body, version: item.version, ...(boxes ? { boxes } : {}) } };
}

/** Instead of a box that is no longer there: it is drawn again, unless it was rejected. */
function gone(box, shown = []) {
  const seen = shown.find((one) => one.annotation === box.annotation);
  return box.action === 'reject' || box.action === 'keep' || !seen ? []
    : [{ action: 'draw', category: box.category ?? seen.category, bbox: box.bbox ?? seen.bbox }];
}

/**
 * Entries: `{requestId, item, kind: decide | skip | undo, body, shown}`; the outbox adds `at`, its place in the order, and `trouble`
 * (`{outcome, detail, current}`) once the server has refused it. An entry in trouble waits for the reviewer, and so do later
 * ones about the same item; those about others go on.
 */
export class Outbox {
  /**
   * @param {{length: number, key: Function, getItem: Function, setItem: Function, removeItem: Function}} storage
   * @param {(entry: object) => Promise<object>} send gives the answer, with the item as it is now under `now` after an undo
   * @param {(entry: object, answer: object) => void} onAnswered
   * @param {() => void} onChange
   */
  constructor({ storage, name = 'gleaner-outbox', owner, send, onAnswered = () => {}, onChange = () => {}, retryMillis = 2000, alone = (work) => work() }) {
    this.kept = new Kept(storage, `${name}.${owner}.`);
    this.send = send;
    this.onAnswered = onAnswered;
    this.onChange = onChange;
    this.retryMillis = retryMillis;
    this.alone = alone;
    this.away = false;
    this.sending = null;
    this.closed = false;
    this.last = 0;
  }

  /** All that is not answered, in order; of every tab. */
  entries() {
    return this.kept.all().sort((a, b) => a.at - b.at);
  }

  store(entry) {
    this.kept.set(entry.requestId, entry);
  }

  /** How many are lost if the page is closed, because the browser has no room for them. */
  get loose() {
    return this.kept.loose;
  }

  has(requestId) {
    return this.kept.get(requestId) !== null;
  }

  /** Keeps an entry and starts to send. */
  add(entry, at = Date.now()) {
    this.last = Math.max(this.last + 0.001, at);
    this.store({ ...entry, at: this.last });
    this.onChange();
    this.flush();
  }

  /** Takes back what was not sent yet; false if it was, or is being sent. */
  withdraw(requestId) {
    if (this.sending === requestId || !this.has(requestId) || this.tried(requestId)) {
      return false;
    }
    this.drop(requestId);
    return true;
  }

  /** A request without an answer may have reached the server. */
  tried(requestId) {
    return this.kept.get(requestId)?.tried === true;
  }

  drop(requestId) {
    this.kept.remove(requestId);
    this.onChange();
  }

  /** The reviewer's own decision stands: it is sent again on top of what is there now. */
  insist(requestId, undoId = null) {
    const entry = this.entries().find((one) => one.requestId === requestId);
    const { trouble, ...again } = entry;
    this.store({ ...(trouble.current ? rebased(again, trouble.current) : again), tried: false });
    if (undoId) {
      this.store({ requestId: undoId, item: entry.item, kind: 'undo', body: {}, image: entry.image, at: entry.at - 0.0005 });
    }
    this.onChange();
    this.flush();
  }

  next() {
    const troubled = new Set();
    for (const entry of this.entries()) {
      if (entry.trouble) {
        troubled.add(entry.item);
      } else if (!troubled.has(entry.item)) {
        return entry;
      }
    }
    return null;
  }

  /** Sends what there is, one after the other. Called again while it works, it changes nothing. */
  async flush() {
    if (this.working || this.closed) {
      return;
    }
    this.working = true;
    clearTimeout(this.timer);
    try {
      while (!this.closed && this.next()) {
        if (!await this.alone(() => this.step())) {
          this.timer = setTimeout(() => this.flush(), this.retryMillis);
          return;
        }
      }
    } finally {
      this.working = false;
      this.onChange();
    }
  }

  /** Sends one; false if the server is away. */
  async step() {
    const entry = this.next();
    if (!entry) {
      return true;
    }
    this.sending = entry.requestId;
    this.store({ ...entry, tried: true });
    this.onChange();
    try {
      const answer = await this.send(entry);
      this.away = false;
      if (answer?.now) {
        this.entries().filter((later) => later.item === entry.item && later.at > entry.at && !later.tried)
          .forEach((later) => this.store(rebased(later, answer.now)));
      }
      this.kept.remove(entry.requestId);
      this.kept.settle();
      this.onAnswered(entry, answer);
      return true;
    } catch (problem) {
      const what = outcome(problem);
      this.away = what === AWAY;
      if (this.away) {
        return false;
      }
      this.store({ ...entry, tried: true, trouble: { outcome: what, detail: problem.message, current: problem.current ?? null } });
      return true;
    } finally {
      this.sending = null;
      this.onChange();
    }
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
  }
}
