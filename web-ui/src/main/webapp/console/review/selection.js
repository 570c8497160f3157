// What is chosen in a gallery, by place. Knows nothing of pages. Selections are never changed, only replaced.

/**
 * @typedef {{cursor: number, anchor: number | null, picked: Set<number>, full: boolean}} Selection
 * `cursor`, where the keys act; `anchor`, from where shift extends, null while it does not; `picked`, what was chosen before that;
 * `full`, whether more was wanted than goes at once.
 */

/** @returns {Selection} */
export const none = (cursor = 0) => ({ cursor, anchor: null, picked: new Set(), full: false });

const between = (a, b) => Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => Math.min(a, b) + i);

/** The chosen places in order; empty where none is. */
export const chosen = ({ picked, anchor, cursor }) => [...new Set([...picked, ...(anchor === null ? [] : between(anchor, cursor))])].sort((a, b) => a - b);

export const isChosen = ({ picked, anchor, cursor }, place) => picked.has(place)
  || anchor !== null && place >= Math.min(anchor, cursor) && place <= Math.max(anchor, cursor);

/** To another place; what is chosen stays so. */
export const move = (selection, to, total) => ({ cursor: within(to, total), anchor: null, picked: new Set(chosen(selection)), full: false });

/** Chooses from where extending began to a place, no more than `most`. */
export function extend(selection, to, total, most) {
  const anchor = selection.anchor ?? selection.cursor;
  const wanted = within(to, total);
  const room = Math.max(0, most - selection.picked.size - 1);
  const cursor = Math.abs(wanted - anchor) <= room ? wanted : anchor + Math.sign(wanted - anchor) * room;
  return { ...selection, anchor, cursor, full: cursor !== wanted };
}

/** Chooses the place of the cursor, or no longer. */
export function toggle(selection, most) {
  const picked = new Set(chosen(selection));
  const { cursor } = selection;
  const full = !picked.has(cursor) && picked.size >= most;
  if (!picked.delete(cursor) && !full) {
    picked.add(cursor);
  }
  return { cursor, anchor: null, picked, full };
}

const within = (place, total) => Math.max(0, Math.min(total - 1, place));
