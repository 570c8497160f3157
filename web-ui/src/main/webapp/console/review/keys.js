// Which key does what while reviewing. Knows nothing of pages.

/** Actions: the name of each, what it is called, where the help lists it, its key at first, and maybe one that it has besides, unless another wants it. */
const listed = (rows) => rows.map(([id, label, group, key, also = null]) => ({ id, label, group, key, also }));

/** What can be done about the first of what the server did not take. */
const CONFLICT = [
  ['theirs', 'Let theirs stand', 'Conflict', 'Shift+T'],
  ['mine', 'Let mine stand', 'Conflict', 'Shift+I'],
];

/** What can be done about an image of a queue. */
export const ACTIONS = listed([
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
  ['corner-left', 'Left edge to the left by a pixel', 'Place', 'Ctrl+ArrowLeft'],
  ['corner-right', 'Left edge to the right by a pixel', 'Place', 'Ctrl+ArrowRight'],
  ['corner-up', 'Upper edge up by a pixel', 'Place', 'Ctrl+ArrowUp'],
  ['corner-down', 'Upper edge down by a pixel', 'Place', 'Ctrl+ArrowDown'],
  ['corner-left-10', 'Left edge to the left by ten', 'Place', 'Ctrl+Shift+ArrowLeft'],
  ['corner-right-10', 'Left edge to the right by ten', 'Place', 'Ctrl+Shift+ArrowRight'],
  ['corner-up-10', 'Upper edge up by ten', 'Place', 'Ctrl+Shift+ArrowUp'],
  ['corner-down-10', 'Upper edge down by ten', 'Place', 'Ctrl+Shift+ArrowDown'],
  ['slider-down', 'Slider of its category down by 1%', 'Sliders', ','],
  ['slider-up', 'Slider of its category up by 1%', 'Sliders', '.'],
  ['save', 'Save and go on', 'Image', 'Enter'],
  ['accept-rest', 'Accept what is undecided, save and go on', 'Image', 'Shift+Enter'],
  ['skip', 'Skip it, with a reason', 'Image', 's'],
  ['comment', 'Write a comment', 'Image', 'm'],
  ['take-a', 'Take what A said, where reviewers differ', 'Image', '1'],
  ['take-b', 'Take what B said, where reviewers differ', 'Image', '2'],
  ['undo', 'Undo', 'Image', 'z', 'Ctrl+z'],
  ['redo', 'Redo', 'Image', 'Shift+Z', 'Ctrl+Shift+Z'],
  ...CONFLICT,
  ['zoom-in', 'Closer', 'View', '+'],
  ['zoom-out', 'Farther', 'View', '-'],
  ['fit', 'All of the image', 'View', '0'],
  ['zoom-box', 'Close to the box', 'View', 'b'],
  ['pan-left', 'Look left', 'View', 'h'],
  ['pan-right', 'Look right', 'View', 'l'],
  ['pan-up', 'Look up', 'View', 'k'],
  ['pan-down', 'Look down', 'View', 'j'],
  ['help', 'Show all keys', 'View', '?'],
]);

/** What can be done in a gallery. */
export const GALLERY_ACTIONS = listed([
  ['left', 'To the one before', 'Move', 'ArrowLeft'],
  ['right', 'To the next one', 'Move', 'ArrowRight'],
  ['up', 'A row up', 'Move', 'ArrowUp'],
  ['down', 'A row down', 'Move', 'ArrowDown'],
  ['page-up', 'A page up', 'Move', 'PageUp'],
  ['page-down', 'A page down', 'Move', 'PageDown'],
  ['first', 'To the first', 'Move', 'Home'],
  ['last', 'To the last', 'Move', 'End'],
  ['toggle', 'Choose it, or not', 'Choose', 'Space'],
  ['extend-left', 'Choose back to the one before', 'Choose', 'Shift+ArrowLeft'],
  ['extend-right', 'Choose on to the next one', 'Choose', 'Shift+ArrowRight'],
  ['extend-up', 'Choose a row up', 'Choose', 'Shift+ArrowUp'],
  ['extend-down', 'Choose a row down', 'Choose', 'Shift+ArrowDown'],
  ['extend-page-up', 'Choose a page up', 'Choose', 'Shift+PageUp'],
  ['extend-page-down', 'Choose a page down', 'Choose', 'Shift+PageDown'],
  ['extend-first', 'Choose back to the first', 'Choose', 'Shift+Home'],
  ['extend-last', 'Choose on to the last', 'Choose', 'Shift+End'],
  ['none', 'Choose none', 'Choose', 'Escape'],
  ['accept', 'Accept what is chosen', 'Decide', 'a'],
  ['reject', 'Reject what is chosen', 'Decide', 'r'],
  ['undo', 'Undo', 'Decide', 'u', 'Ctrl+z'],
  ['redo', 'Redo', 'Decide', 'Shift+U', 'Ctrl+Shift+Z'],
  ...CONFLICT,
  ['look', 'Look at the whole image', 'View', 'Enter'],
  ['fresh', 'Put away what is decided', 'View', 'f'],
  ['help', 'Show all keys', 'View', '?'],
]);

/** What goes on while its key is held down. Anything else is done once, or a held key would decide about what nobody has seen. */
const GOES_ON = new Set(['Place', 'Move', 'Sliders']);
const goesOn = ({ id, group }) => GOES_ON.has(group) || /^(next-box|previous-box|zoom-in|zoom-out|pan-.*|extend-.*)$/.test(id);

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
  /**
   * @param {{getItem: Function, setItem: Function, removeItem: Function}} storage
   * @param {{id: string, label: string, group: string, key: string}[]} actions
   */
  constructor(storage, name = 'gleaner-review-keys', actions = ACTIONS) {
    this.storage = storage;
    this.name = name;
    this.actions = actions;
    this.byId = new Map(actions.map((action) => [action.id, action]));
    this.own = new Map();
    try {
      const stored = JSON.parse(storage.getItem(name) ?? '{}');
      Object.entries(stored).filter(([id, key]) => this.byId.has(id) && typeof key === 'string').forEach(([id, key]) => this.own.set(id, key));
    } catch {
      // What cannot be read is as good as nothing: the first keys hold.
    }
  }

  keyOf(id) {
    return this.own.get(id) ?? this.byId.get(id).key;
  }

  /** The action of a key; null if it has none. Of two that want it, the one that got it on purpose. */
  actionOf(key) {
    const wanting = this.actions.filter((action) => this.keyOf(action.id) === key);
    // Where a Mac has its command key, others have Ctrl.
    const besides = () => this.actions.find((action) => action.also !== null && action.also === key?.replace('Meta', 'Ctrl'));
    return (wanting.find((action) => this.own.has(action.id)) ?? wanting[0] ?? besides())?.id ?? null;
  }

  /** The action of a key event; null if it has none, or if the key is only still held down since the action was done. */
  pressed(event) {
    const id = this.actionOf(written(event));
    return event.repeat && id !== null && !goesOn(this.byId.get(id)) ? null : id;
  }

  /** Who else has the key already; null if nobody. */
  holder(id, key) {
    return this.actions.find((action) => action.id !== id && this.keyOf(action.id) === key)?.id ?? null;
  }

  /** Keys that more than one action wants, each with those actions. */
  conflicts() {
    const byKey = new Map();
    this.actions.forEach(({ id }) => byKey.set(this.keyOf(id), [...(byKey.get(this.keyOf(id)) ?? []), id]));
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
      if (key === this.byId.get(id).key) {
        this.own.delete(id);
      }
      this.storage.setItem(this.name, JSON.stringify(Object.fromEntries(this.own)));
    }
    return holder;
  }

  labelOf(id) {
    return this.byId.get(id).label;
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
