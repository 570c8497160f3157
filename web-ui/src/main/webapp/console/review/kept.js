// Where entries of an outbox are kept: in the browser's storage, and what that has no room for in this page alone. Knows nothing of pages.

/** Entries by the id of their request. Nothing here throws because a storage is full. */
export class Kept {
  /** @param {string} prefix of the names in the storage; ids hold no dots */
  constructor(storage, prefix) {
    this.storage = storage;
    this.prefix = prefix;
    /** What the storage did not take, newer than what it may hold of the same. */
    this.here = new Map();
  }

  /** Whether a name is of this prefix: names of accounts may hold dots as well. */
  holds(name) {
    return name.startsWith(this.prefix) && name.lastIndexOf('.') === this.prefix.length - 1;
  }

  all() {
    const found = new Map();
    for (let i = 0; i < this.storage.length; i++) {
      const name = this.storage.key(i);
      if (name !== null && this.holds(name)) {
        found.set(name.slice(this.prefix.length), JSON.parse(this.storage.getItem(name)));
      }
    }
    this.here.forEach((entry, id) => found.set(id, entry));
    return [...found.values()];
  }

  get(id) {
    return this.here.get(id) ?? JSON.parse(this.storage.getItem(this.prefix + id) ?? 'null');
  }

  set(id, entry) {
    try {
      this.storage.setItem(this.prefix + id, JSON.stringify(entry));
      this.here.delete(id);
    } catch {
      this.here.set(id, entry);
    }
  }

  remove(id) {
    this.here.delete(id);
    this.storage.removeItem(this.prefix + id);
  }

  /** Stores what there was no room for, as far as there is now. */
  settle() {
    [...this.here].forEach(([id, entry]) => this.set(id, entry));
  }

  /** How many a closed page would lose. */
  get loose() {
    return [...this.here.keys()].filter((id) => this.storage.getItem(this.prefix + id) === null).length;
  }
}
