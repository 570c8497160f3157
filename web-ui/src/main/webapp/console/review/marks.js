// What a reviewer says of the boxes of an image, before it is sent. Knows nothing of pages. Lists are never changed, only replaced.

/**
 * The boxes of an item as the server gave them, ready to be marked.
 * @returns {object[]} each with `key`, `mark` (null, accept or reject) and `first`, its category and place as the server has them
 */
export const read = (item) => item.boxes.map((box) => ({ ...box, key: `a${box.annotation}`, mark: null, first: { category: box.category, bbox: box.bbox } }));

const same = (a, b) => a.every((value, i) => Math.abs(value - b[i]) < 1e-6);
export const isDrawn = (box) => box.annotation == null;
export const isMoved = (box) => !isDrawn(box) && !same(box.bbox, box.first.bbox);
export const isRelabelled = (box) => !isDrawn(box) && box.category !== box.first.category;
export const isChanged = (box) => isDrawn(box) || isMoved(box) || isRelabelled(box);
/** Whether a decision is wanted about it and none was made. */
export const isUndecided = (box) => box.open && box.mark === null && !isChanged(box);

/** The mark or change of a box in a word: accepted, rejected, corrected, drawn; empty where there is none. */
export function state(box) {
  if (box.mark === 'reject') {
    return 'rejected';
  }
  return isDrawn(box) ? 'drawn' : isChanged(box) ? 'corrected' : box.mark === 'accept' ? 'accepted' : '';
}

const changed = (boxes, key, change) => boxes.map((box) => (box.key === key ? { ...box, ...change(box) } : box));

export const accept = (boxes, key) => changed(boxes, key, () => ({ mark: 'accept' }));
/** What was drawn by mistake goes altogether. */
export const reject = (boxes, key) => (boxes.some((box) => box.key === key && isDrawn(box))
  ? boxes.filter((box) => box.key !== key) : changed(boxes, key, () => ({ mark: 'reject' })));
export const clear = (boxes, key) => changed(boxes, key, (box) => ({ mark: null, ...(isDrawn(box) ? {} : box.first) }));
export const relabel = (boxes, key, category) => changed(boxes, key, (box) => ({ category, mark: box.mark === 'reject' ? null : box.mark }));
export const place = (boxes, key, bbox) => changed(boxes, key, (box) => ({ bbox, mark: box.mark === 'reject' ? null : box.mark }));
export const draw = (boxes, key, category, bbox) => [...boxes, { key, annotation: null, category, bbox, mark: null, open: false, score: null, first: null }];

/** The sliders with a category's moved by some hundredths, within 0 and 1. */
export const slid = (sliders, category, hundredths) => ({ ...sliders, [category]: Math.max(0, Math.min(100, Math.round((sliders[category] ?? 0) * 100) + hundredths)) / 100 });

const least = (sliders, box) => sliders[box.category] ?? 0;
export const isAbove = (box, sliders) => box.score == null || box.score >= least(sliders, box);
/** Accepts the undecided boxes whose score reaches their category's slider. */
export const acceptAbove = (boxes, sliders) => boxes.map((box) => (isUndecided(box) && isAbove(box, sliders) ? { ...box, mark: 'accept' } : box));
export const rejectBelow = (boxes, sliders) => boxes.map((box) => (isUndecided(box) && !isAbove(box, sliders) ? { ...box, mark: 'reject' } : box));
export const acceptRest = (boxes) => acceptAbove(boxes, {});

/** The boxes of a decision as the server takes them; boxes about which nothing was said are left out. */
export function decisions(boxes) {
  return boxes.flatMap((box) => {
    if (isDrawn(box)) {
      return [{ action: 'draw', category: box.category, bbox: box.bbox }];
    }
    const which = { annotation: box.annotation, version: box.version };
    if (box.mark === 'reject') {
      return [{ ...which, action: 'reject' }];
    }
    if (isMoved(box)) {
      return [{ ...which, action: 'move', bbox: box.bbox, ...(isRelabelled(box) ? { category: box.category } : {}) }];
    }
    if (isRelabelled(box)) {
      return [{ ...which, action: 'relabel', category: box.category }];
    }
    return box.mark === 'accept' ? [{ ...which, action: 'accept' }] : [];
  });
}

/** Marks kept from before, on the boxes as the server has them now; what is no longer there is drawn again, unless it was rejected. */
export function rebase(boxes, item) {
  const now = new Map(item.boxes.map((box) => [box.annotation, box]));
  return boxes.flatMap((box) => {
    const current = now.get(box.annotation);
    if (current) {
      return [{ ...box, version: current.version }];
    }
    return isDrawn(box) ? [box] : box.mark === null && !isChanged(box) || box.mark === 'reject' ? []
      : [{ ...box, annotation: null, first: null, mark: null, open: false }];
  });
}

/** The box after or before another in reading order: undecided ones first come first. */
export function neighbour(boxes, key, step) {
  if (boxes.length === 0) {
    return null;
  }
  const at = boxes.findIndex((box) => box.key === key);
  return boxes[at < 0 ? (step > 0 ? 0 : boxes.length - 1) : (at + step + boxes.length) % boxes.length].key;
}

/** Categories that match what was typed: those that start so, then those that hold it. */
export function matching(categories, typed) {
  const wanted = typed.trim().toLowerCase();
  const starts = categories.filter((name) => name.toLowerCase().startsWith(wanted));
  return [...starts, ...categories.filter((name) => !starts.includes(name) && name.toLowerCase().includes(wanted))];
}
