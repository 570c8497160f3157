// What can be undone, over all images of a sitting. Knows nothing of pages.

/** Steps in the order in which they were made; a new one forgets those that were undone. */
export class UndoStack {
  constructor(most = 1000) {
    this.most = most;
    this.done = [];
    this.undone = [];
  }

  push(step) {
    this.done.push(step);
    this.undone = [];
    if (this.done.length > this.most) {
      this.done.shift();
    }
  }

  /** The step to undo; null if there is none. */
  undo() {
    const step = this.done.pop() ?? null;
    if (step) {
      this.undone.push(step);
    }
    return step;
  }

  /** The step to do again; null if there is none. */
  redo() {
    const step = this.undone.pop() ?? null;
    if (step) {
      this.done.push(step);
    }
    return step;
  }

  /** Forgets the steps about an item. */
  forget(item) {
    this.done = this.done.filter((step) => step.item !== item);
    this.undone = this.undone.filter((step) => step.item !== item);
  }
}
