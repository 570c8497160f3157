// Decisions about many boxes at once: what was said of each, what is saved of that, and how it is taken back. Knows nothing of pages.
import { randomId } from './outbox.js';
import { UndoStack } from './undo.js';

/** The server takes no more at once. */
export const MOST = 1000;
const LONGEST_SECONDS = 86_400;

/** Entries of the outbox: `{requestId, item, kind: decide | undo, body, shown}`; `item` is the request that an undo takes back. */
export class Deciding {
  constructor({ outbox, newId = randomId, now = () => Date.now() }) {
    Object.assign(this, { outbox, newId, now });
    /** By box: its `version`, and its `action`, accept or reject; null after an undo. */
    this.known = new Map();
    this.history = new UndoStack();
    this.since = now();
    this.decided = 0;
    // What was decided before the page was opened and is not sent yet.
    outbox.entries().filter((entry) => entry.kind === 'decide').forEach((entry) => {
      entry.body.boxes.forEach((box) => this.know(box.annotation, box.version, box.action));
      this.history.push({ item: entry.requestId, boxes: entry.body.boxes, crops: entry.shown ?? [] });
    });
  }

  know(annotation, version, action) {
    this.known.set(annotation, { version, action });
  }

  /** The time until now was spent on something else. */
  startAgain() {
    this.since = this.now();
  }

  /**
   * What was said of each box, and how far that is: saving, saved, undoing, or conflict with `theirs`, the box as it is.
   * @returns {(annotation: number) => {action: string | null, phase: string, theirs?: object} | null} null of what was not decided
   */
  states() {
    const phases = new Map();
    this.outbox.entries().forEach((entry) => {
      const { trouble } = entry;
      if (entry.kind === 'undo') {
        this.boxesOf(entry.item).forEach(({ annotation }) => phases.set(annotation, { phase: trouble ? 'conflict' : 'undoing' }));
      } else if (trouble) {
        this.settle(trouble.current?.decisions ?? []);
        const stale = new Map((trouble.current?.boxes ?? []).map((box) => [box.annotation, box]));
        entry.body.boxes.filter(({ annotation }) => !trouble.current || stale.has(annotation))
          .forEach(({ annotation }) => phases.set(annotation, { phase: 'conflict', theirs: stale.get(annotation) }));
      } else {
        entry.body.boxes.forEach(({ annotation }) => phases.set(annotation, { phase: 'saving' }));
      }
    });
    return (annotation) => {
      const known = this.known.get(annotation);
      return known && (known.action || phases.has(annotation)) ? { action: known.action, phase: 'saved', ...phases.get(annotation) } : null;
    };
  }

  boxesOf(item) {
    return [...this.history.done, ...this.history.undone].find((step) => step.item === item)?.boxes ?? [];
  }

  /** Takes over the versions that decisions have made. */
  settle(decisions, action) {
    decisions.forEach(({ boxes }) => boxes.forEach(({ annotation, after }) => {
      const known = this.known.get(annotation);
      if (known && after && after.version > known.version) {
        this.know(annotation, after.version, action === undefined ? known.action : action);
      }
    }));
  }

  /**
   * Accepts or rejects, unless something about a box is on its way.
   * @returns {number} how many it was done about
   */
  decide(crops, action) {
    const state = this.states();
    const boxes = crops.filter(({ annotation }) => (state(annotation)?.phase ?? 'saved') === 'saved' && state(annotation)?.action !== action)
      .map(({ annotation, version }) => ({ annotation, version: this.known.get(annotation)?.version ?? version, action }));
    if (boxes.length > 0) {
      this.send(boxes, crops.filter(({ annotation }) => boxes.some((box) => box.annotation === annotation)));
    }
    return boxes.length;
  }

  /** @param again the step of the history that this is once more; otherwise it is a new one */
  send(boxes, crops, again = null) {
    const requestId = this.newId();
    const seconds = Math.min(LONGEST_SECONDS, Math.round((this.now() - this.since) / 100) / 10);
    this.since = this.now();
    const step = { item: requestId, boxes: boxes.map(({ annotation, version, action }) => ({ annotation, version, action, before: this.known.get(annotation)?.action ?? null })), crops };
    if (again) {
      Object.assign(again, step);
    } else {
      this.history.push(step);
    }
    boxes.forEach(({ annotation, version, action }) => this.know(annotation, version, action));
    this.decided += boxes.length;
    this.outbox.add({ requestId, item: requestId, kind: 'decide', body: { boxes, seconds },
      shown: crops.map(({ annotation, bbox, image, imageWidth, imageHeight, score }) => ({ annotation, bbox, image, imageWidth, imageHeight, score })) });
  }

  /** What the server has done. */
  answered({ entry, answer }) {
    if (entry.kind === 'undo') {
      this.restore(entry.item, answer.decisions);
    } else {
      this.settle(answer.decisions);
    }
  }

  restore(item, decisions) {
    const before = new Map(this.boxesOf(item).map((box) => [box.annotation, box]));
    decisions.forEach(({ boxes }) => boxes.forEach(({ annotation, after }) => {
      if (this.known.has(annotation) && after) {
        this.know(annotation, after.version, before.get(annotation)?.before ?? null);
      }
      if (before.has(annotation) && after) {
        before.get(annotation).version = after.version;
      }
    }));
  }

  /**
   * Takes the last decision back: withdraws it, or asks the server to.
   * @returns {number} of how many boxes; 0 if there is nothing to undo
   */
  undo() {
    const step = this.history.undo();
    if (!step) {
      return 0;
    }
    this.decided -= step.boxes.length;
    this.startAgain();
    if (this.outbox.withdraw(step.item)) {
      step.boxes.forEach(({ annotation, before }) => this.know(annotation, this.known.get(annotation).version, before));
      return step.boxes.length;
    }
    const entry = this.outbox.entries().find((one) => one.requestId === step.item && one.trouble);
    if (entry) {
      this.letStand(entry);
    }
    if (!entry || entry.trouble.current?.decisions.length > 0) {
      this.outbox.add({ requestId: this.newId(), item: step.item, kind: 'undo', body: { undoes: step.item } });
    }
    return step.boxes.length;
  }

  /**
   * Does again what was undone last.
   * @returns {number | null} about how many boxes; 0 if there is nothing to do again, null while the server is still taking it back
   */
  redo() {
    const step = this.history.redo();
    if (!step) {
      return 0;
    }
    const undo = this.outbox.entries().find((entry) => entry.kind === 'undo' && entry.item === step.item);
    if (undo && !this.outbox.withdraw(undo.requestId)) {
      this.history.undo();
      return null;
    }
    if (undo) {
      this.decided += step.boxes.length;
      this.startAgain();
      return step.boxes.length;
    }
    this.send(step.boxes.map(({ annotation, version, action }) => ({ annotation, version: this.known.get(annotation)?.version ?? version, action })), step.crops, step);
    return step.boxes.length;
  }

  /** Forgets what is saved: it is read again as it is now. */
  forget() {
    const state = this.states();
    [...this.known.keys()].filter((annotation) => (state(annotation)?.phase ?? 'saved') === 'saved').forEach((annotation) => this.known.delete(annotation));
  }

  /** Gives up what the server did not take. */
  letStand(entry) {
    const { current } = entry.trouble;
    if (entry.kind === 'undo') {
      this.restore(entry.item, current?.decisions ?? []);
    } else {
      this.settle(current?.decisions ?? []);
      (current?.boxes ?? entry.body.boxes).forEach(({ annotation, version, status }) => this.know(annotation, version, ACTION_OF[status] ?? null));
    }
    this.outbox.drop(entry.requestId);
    this.outbox.flush();
  }

  /** The reviewer's own decision stands: it is made again about the boxes as they are now. */
  insist(entry) {
    const { current } = entry.trouble;
    const actions = new Map(entry.body.boxes.map((box) => [box.annotation, box.action]));
    this.settle(current.decisions);
    const shown = (entry.shown ?? []).filter(({ annotation }) => current.boxes.some((box) => box.annotation === annotation));
    current.boxes.forEach((box) => this.know(box.annotation, box.version, ACTION_OF[box.status] ?? null));
    this.outbox.drop(entry.requestId);
    this.send(current.boxes.map(({ annotation, version }) => ({ annotation, version, action: actions.get(annotation) })), shown);
  }
}

const ACTION_OF = { ACCEPTED: 'accept', CORRECTED: 'accept', REJECTED: 'reject' };
