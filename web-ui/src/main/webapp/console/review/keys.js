// Which key does what while reviewing. Knows nothing of pages.

/** Every action: its name, what it is called, where the help lists it, and its key at first. */
export const ACTIONS = [
  ['next-box', 'Next box', 'Boxes', 'n'],
  ['previous-box', 'Previous box', 'Boxes', 'p'],
  ['accept', 'Accept the box', 'Boxes', 'a'],
  ['reject', 'Reject the box', 'Boxes', 'r'],
  ['clear', 'Take its mark away', 'Boxes', 'u'],
  ['relabel', 'Give it another category', 'Boxes', 'c'],
  ['draw', 'Draw a box', 'Boxes', 'd'],
  ['delete', 'Reject it, or remove what was drawn', 'Boxes', 'Delete'],
  ['accept-above', 'Accept all above the sliders', 'Boxes', 'Shift+A'],
  ['reject-below', 'Reject all below the sliders', 'Boxes', 'Shift+R'],
  ['left', 'Move left by a pixel', 'Place', 'ArrowLeft'],
  ['right', 'Move right by a pixel', 'Place', 'ArrowRight'],
  ['up', 'Move up by a pixel', 'Place', 'ArrowUp'],
  ['down', 'Move down by a pixel', 'Place', 'ArrowDown'],
  ['left-10', 'Move left by ten', 'Place', 'Shift+ArrowLeft'],
  ['right-10', 'Move right by ten', 'Place', 'Shift+ArrowRight'],
  ['up-10', 'Move up by ten', 'Place', 'Shift+ArrowUp'],
  ['down-10', 'Move down by ten', 'Place', 'Shift+ArrowDown'],
  ['narrower', 'Narrower by a pixel', 'Place', 'Alt+ArrowLeft'],
  ['wider', 'Wider by a pixel', 'Place', 'Alt+ArrowRight'],
  ['lower', 'Less high by a pixel', 'Place', 'Alt+ArrowUp'],
  ['higher', 'Higher by a pixel', 'Place', 'Alt+ArrowDown'],
  ['narrower-10', 'Narrower by ten', 'Place', 'Alt+Shift+ArrowLeft'],
  ['wider-10', 'Wider by ten', 'Place', 'Alt+Shift+ArrowRight'],
  ['lower-10', 'Less high by ten', 'Place', 'Alt+Shift+ArrowUp'],
  ['higher-10', 'Higher by ten', 'Place', 'Alt+Shift+ArrowDown'],
  ['save', 'Save and go on', 'Image', 'Enter'],
  ['accept-rest', 'Accept what is undecided, save and go on', 'Image', 'Shift+Enter'],
  ['skip', 'Skip it, with a reason', 'Image', 's'],
  ['comment', 'Write a comment', 'Image', 'm'],
  ['undo', 'Undo', 'Image', 'z'],
  ['redo', 'Redo', 'Image', 'Shift+Z'],
  ['zoom-in', 'Closer', 'View', '+'],
  ['zoom-out', 'Farther', 'View', '-'],
  ['fit', 'All of the image', 'View', '0'],
  ['zoom-box', 'Close to the box', 'View', 'b'],
  ['pan-left', 'Look left', 'View', 'h'],
  ['pan-right', 'Look right', 'View', 'l'],
  ['pan-up', 'Look up', 'View', 'k'],
  ['pan-down', 'Look down', 'View', 'j'],
  ['help', 'Show all keys', 'View', '?'],
].map(([id, label, group, key]) => ({ id, label, group, key }));

const BY_ID = new Map(ACTIONS.map((action) => [action.id, action]));
const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Process']);

/**
 * A pressed key as it is written: "a", "Shift+A", "Alt+ArrowLeft"; null of a modifier alone. Signs that need shift on some keyboards
 * are written without it.
 * @param {{key: string, shiftKey?: boolean, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean}} event
 */
export function written({ key, shiftKey, ctrlKey, altKey, metaKey }) {
  if (!key || MODIFIERS.has(key)) {
    return null;
  }
  const letter = /^\p{L}$/u.test(key);
  const sign = key.length === 1 && !letter && key !== ' ';
  const name = key === ' ' ? 'Space' : letter ? (shiftKey ? key.toUpperCase() : key.toLowerCase()) : key;
  return [ctrlKey && 'Ctrl', altKey && 'Alt', metaKey && 'Meta', shiftKey && !sign && 'Shift', name].filter(Boolean).join('+');
}

/** The reviewer's keys. Only what differs from the first keys is stored, so that new actions get theirs. */
export class KeyMap {
  /** @param {{getItem: Function, setItem: Function, removeItem: Function}} storage */
  constructor(storage, name = 'gleaner-review-keys') {
    this.storage = storage;
    this.name = name;
    this.own = new Map();
    try {
      const stored = JSON.parse(storage.getItem(name) ?? '{}');
      Object.entries(stored).filter(([id, key]) => BY_ID.has(id) && typeof key === 'string').forEach(([id, key]) => this.own.set(id, key));
    } catch {
      // What cannot be read is as good as nothing: the first keys hold.
    }
  }

  keyOf(id) {
    return this.own.get(id) ?? BY_ID.get(id).key;
  }

  /** The action of a key; null if it has none. Of two that want it, the one that got it on purpose. */
  actionOf(key) {
    const wanting = ACTIONS.filter((action) => this.keyOf(action.id) === key);
    return (wanting.find((action) => this.own.has(action.id)) ?? wanting[0])?.id ?? null;
  }

  /** Who else has the key already; null if nobody. */
  holder(id, key) {
    return ACTIONS.find((action) => action.id !== id && this.keyOf(action.id) === key)?.id ?? null;
  }

  /** Keys that more than one action wants, each with those actions. */
  conflicts() {
    const byKey = new Map();
    ACTIONS.forEach(({ id }) => byKey.set(this.keyOf(id), [...(byKey.get(this.keyOf(id)) ?? []), id]));
    return [...byKey].filter(([, ids]) => ids.length > 1);
  }

  /**
   * Gives an action a key, unless another has it.
   * @returns {string | null} the action that has it; null if it was given
   */
  bind(id, key) {
    const holder = this.holder(id, key);
    if (holder === null) {
      this.own.set(id, key);
      if (key === BY_ID.get(id).key) {
        this.own.delete(id);
      }
      this.storage.setItem(this.name, JSON.stringify(Object.fromEntries(this.own)));
    }
    return holder;
  }

  /** Back to the first keys. */
  reset() {
    this.own.clear();
    this.storage.removeItem(this.name);
  }
}

const ARROWS = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };
/** A key as it is shown: "Shift+←". */
export const pretty = (key) => key.replace(/Arrow\w+/, (name) => ARROWS[name]);
