// What reviewers said who differ about an image, for whoever has the last word. Knows nothing of pages.
import { agreement, iou } from '../boxes.js';
import { accept, draw, isDrawn, place, reject, relabel } from './marks.js';

/** Below this overlap a box is somewhere else. */
const UNMOVED = 0.98;
/** From this overlap on two boxes are about one thing. */
const SAME = 0.5;

/** Which of the boxes somebody said: each thing that was said is one of them, that which it overlaps most. */
const meant = (said, boxes) => new Set(agreement(said, boxes).both.map(([, box]) => box));

/** The first box that some said is there and others did not; undefined if there is none. */
export function disputed(boxes, answers) {
  const meanings = answers.map((answer) => meant(answer.boxes, boxes));
  return boxes.find((box) => meanings.some((boxesOf) => boxesOf.has(box)) && !meanings.every((boxesOf) => boxesOf.has(box)));
}

/**
 * The boxes marked so that one of the answers is what is left. Boxes that no answer is about stay as they are; what was marked before is forgotten.
 * @param {{name: string, boxes: {category: string, bbox: number[]}[]}[]} answers
 * @param {string} name of the one that is taken
 */
export function adopt(boxes, answers, name) {
  let left = boxes.filter((box) => !isDrawn(box)).map((box) => ({ ...box, ...box.first, mark: null }));
  const said = answers.find((answer) => answer.name === name).boxes;
  const there = left.filter(({ status }) => status !== 'REJECTED');
  const others = answers.filter((answer) => answer.name !== name).map((answer) => meant(answer.boxes, there));
  const standing = agreement(said, there);
  const rejected = agreement(standing.onlyA, left.filter(({ status }) => status === 'REJECTED'));
  for (const [{ bbox }, box] of [...standing.both, ...rejected.both]) {
    if (iou(bbox, box.bbox) < UNMOVED) {
      left = place(left, box.key, bbox);
    } else if (box.open || box.status === 'REJECTED') {
      left = accept(left, box.key);
    }
  }
  // What somebody else said is there, and this one did not: a thing of another category, or nothing.
  const missing = [...rejected.onlyA];
  for (const box of standing.onlyB.filter((one) => others.some((boxesOf) => boxesOf.has(one)))) {
    const at = missing.findIndex(({ bbox }) => iou(bbox, box.bbox) >= SAME);
    if (at < 0) {
      left = reject(left, box.key);
    } else {
      const [{ category, bbox }] = missing.splice(at, 1);
      left = relabel(iou(bbox, box.bbox) < UNMOVED ? place(left, box.key, bbox) : left, box.key, category);
    }
  }
  return missing.reduce((all, { category, bbox }, i) => draw(all, `d${i + 1}`, category, bbox), left);
}
