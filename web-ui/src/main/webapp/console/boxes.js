// Geometry of boxes, [x, y, width, height] in image pixels. Knows nothing of pages.

/**
 * Where an image lies when it is fitted into a view, centred, as large as it can be whole (object-fit: contain).
 * @returns {{scale: number, x: number, y: number}} view pixels per image pixel, and the image's top-left corner in the view
 */
export function fit(view, image) {
  const scale = Math.min(view.width / image.width, view.height / image.height);
  return { scale, x: (view.width - image.width * scale) / 2, y: (view.height - image.height * scale) / 2 };
}

/** The point of the image under a point of the view. */
export function toImage(point, view, image) {
  const { scale, x, y } = fit(view, image);
  return { x: (point.x - x) / scale, y: (point.y - y) / scale };
}

/** The part of a box that lies on the image; null when none does. */
export function clip([x, y, width, height], image) {
  const left = Math.max(0, x);
  const top = Math.max(0, y);
  const right = Math.min(image.width, x + width);
  const bottom = Math.min(image.height, y + height);
  return right > left && bottom > top ? [left, top, right - left, bottom - top] : null;
}

function contains([x, y, width, height], point) {
  return point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
}

/** The box that a click at a point of the image means: of those around it the smallest, else null. */
export function hit(boxes, point) {
  return boxes.filter((box) => contains(box.bbox, point))
    .reduce((best, box) => (best === null || area(box) < area(best) ? box : best), null);
}

function area({ bbox }) {
  return bbox[2] * bbox[3];
}

/** Boxes at or above a score, the best last so that they are drawn on top. Boxes without a score are always shown. */
export function atLeast(boxes, score) {
  return boxes.filter((box) => box.score == null || box.score >= score)
    .sort((a, b) => (a.score ?? Infinity) - (b.score ?? Infinity));
}

/**
 * Where a box's label goes: on its upper edge, or within where the image ends; never beyond its right edge.
 * @param {{width: number, height: number}} label in image pixels
 */
export function labelPlace([x, y], label, image) {
  return {
    x: Math.max(0, Math.min(x, image.width - label.width)),
    y: y - label.height >= 0 ? y - label.height : y,
  };
}

/**
 * The part of an image that shows boxes and some of their surroundings, three quarters as high as wide where the image allows it.
 * @param {number[][]} boxes at least one
 */
export function surroundings(boxes, image) {
  const left = Math.min(...boxes.map(([x]) => x));
  const top = Math.min(...boxes.map(([, y]) => y));
  const right = Math.max(...boxes.map(([x, , width]) => x + width));
  const bottom = Math.max(...boxes.map(([, y, , height]) => y + height));
  const width = Math.min(image.width, Math.max((right - left) * 1.4, (bottom - top) * 1.4 / 0.75, 48));
  const height = Math.min(image.height, width * 0.75);
  const within = (start, size, whole) => Math.max(0, Math.min(start, whole - size));
  return [within((left + right - width) / 2, width, image.width), within((top + bottom - height) / 2, height, image.height), width, height];
}

/** How much two boxes overlap: what they share by what they cover together, 0 to 1. */
export function iou([ax, ay, aw, ah], [bx, by, bw, bh]) {
  const width = Math.min(ax + aw, bx + bw) - Math.max(ax, bx);
  const height = Math.min(ay + ah, by + bh) - Math.max(ay, by);
  if (width <= 0 || height <= 0) {
    return 0;
  }
  const shared = width * height;
  return shared / (aw * ah + bw * bh - shared);
}

/**
 * What two models both find in an image and what only one of them does. Two boxes are the same find if they are of one category
 * and overlap enough; those that overlap most are paired first, and each box once.
 * @param {number} least lowest IoU of a pair
 * @returns {{both: object[][], onlyA: object[], onlyB: object[]}}
 */
export function agreement(a, b, least = 0.5) {
  const pairs = a.flatMap((one) => b.filter((other) => other.category === one.category)
    .map((other) => ({ one, other, overlap: iou(one.bbox, other.bbox) })))
    .filter(({ overlap }) => overlap >= least).sort((p, q) => q.overlap - p.overlap);
  const paired = new Set();
  const both = [];
  for (const { one, other } of pairs) {
    if (!paired.has(one) && !paired.has(other)) {
      paired.add(one).add(other);
      both.push([one, other]);
    }
  }
  return { both, onlyA: a.filter((box) => !paired.has(box)), onlyB: b.filter((box) => !paired.has(box)) };
}

/** A box moved by pixels, kept within the image. */
export function moved([x, y, width, height], dx, dy, image) {
  return [clamp(x + dx, 0, image.width - width), clamp(y + dy, 0, image.height - height), width, height];
}

/** No box gets smaller than this many pixels. */
const LEAST_SIDE = 1;

/**
 * A box with some of its edges moved by pixels, kept within the image and not turned inside out.
 * @param {string} edges those that move: of n, s, w and e, as in "nw"
 */
export function resized([x, y, width, height], edges, dx, dy, image) {
  let [left, top, right, bottom] = [x, y, x + width, y + height];
  if (edges.includes('w')) { left = clamp(left + dx, 0, right - LEAST_SIDE); }
  if (edges.includes('e')) { right = clamp(right + dx, left + LEAST_SIDE, image.width); }
  if (edges.includes('n')) { top = clamp(top + dy, 0, bottom - LEAST_SIDE); }
  if (edges.includes('s')) { bottom = clamp(bottom + dy, top + LEAST_SIDE, image.height); }
  return [left, top, right - left, bottom - top];
}

/** The box between two points, the part of it that is on the image; null if that is smaller than a box can be. */
export function spanned(a, b, image) {
  const visible = clip([Math.min(a.x, b.x), Math.min(a.y, b.y), Math.abs(a.x - b.x), Math.abs(a.y - b.y)], image);
  return visible && visible[2] >= LEAST_SIDE && visible[3] >= LEAST_SIDE ? visible : null;
}

/** A view zoomed by a factor about a point of it that stays where it is. */
export function zoomed({ scale, x, y }, factor, point, [least, most]) {
  const next = clamp(scale * factor, least, most);
  const by = next / scale;
  return { scale: next, x: point.x - (point.x - x) * by, y: point.y - (point.y - y) * by };
}

/** The view that shows a box and some of its surroundings. */
export function closeTo(bbox, view, image) {
  const [x, y, width, height] = surroundings([bbox], image);
  const scale = Math.min(view.width / width, view.height / height);
  return { scale, x: view.width / 2 - (x + width / 2) * scale, y: view.height / 2 - (y + height / 2) * scale };
}

const clamp = (value, least, most) => Math.max(least, Math.min(most, value));

/** A crop's height or width as a multiple of its box's. */
const AROUND = 1.3;

/** The part of an image that shows a box in a view of this ratio of width to height, with some of what is around it; [x, y, width, height]. */
export function framed([x, y, width, height], image, ratio) {
  const tall = Math.max(height * AROUND, (width * AROUND) / ratio, 8);
  const wide = tall * ratio;
  const start = (middle, side, whole) => (side >= whole ? (whole - side) / 2 : clamp(middle - side / 2, 0, whole - side));
  return [start(x + width / 2, wide, image.width), start(y + height / 2, tall, image.height), wide, tall];
}
