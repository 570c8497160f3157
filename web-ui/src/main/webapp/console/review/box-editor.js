import { LitElement, html, nothing, svg } from 'lit';
import { clip, closeTo, fit, hit, moved, resized, spanned, zoomed } from '../boxes.js';
import { percent, tone } from '../ui.js';
import { state } from './marks.js';

const HANDLES = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'];
/** View pixels per image pixel. */
const CLOSEST = 16;
/** More labels than this would hide the image; the best boxes and the chosen one keep theirs. */
const MOST_LABELS = 20;
const WHEEL_STEP = 1.0015;
/** View pixels that a pointer may slip before a press becomes a drag. */
const SLIP = 3;

/**
 * An image whose boxes can be chosen, moved, resized and drawn, with zoom and pan; by mouse, pen and fingers.
 *
 * Properties: `src`; `label`, read to those who cannot see; `width` and `height` of the image in pixels; `boxes` as marks.js has them;
 * `chosen`, the key of a box; `drawing`, whether the pointer draws; `faint`, the keys of boxes to be drawn lightly; `answers`, what several people said is there,
 * each with a `name` and `boxes`.
 * Fires `choose` with a key or null, `place` with `{key, bbox}` at the end of a drag, and `draw` with `{bbox}`.
 */
class BoxEditor extends LitElement {
  static properties = {
    src: {}, label: {},
    width: { type: Number }, height: { type: Number },
    boxes: { attribute: false }, answers: { attribute: false }, chosen: { attribute: false }, faint: { attribute: false },
    drawing: { type: Boolean },
    view: { state: true }, size: { state: true }, drag: { state: true },
  };

  constructor() {
    super();
    this.boxes = [];
    this.answers = [];
    this.faint = new Set();
    this.size = { width: 800, height: 600 };
    this.view = null;
    this.watcher = new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      if (width && height) {
        this.size = { width, height };
        if (this.whole) {
          this.view = null;
        }
      }
    });
    this.whole = true;
    /** Where each pointer is that is down, by its id: two fingers zoom. */
    this.pointers = new Map();
    // Not passive: the page must not scroll while the image is zoomed.
    this.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.watcher.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.watcher.disconnect();
  }

  willUpdate(changes) {
    if (changes.has('src') || this.view === null) {
      this.fit();
    }
  }

  /** Shows all of the image. */
  fit() {
    this.whole = true;
    this.view = fit(this.size, this);
  }

  zoom(factor, point = { x: this.size.width / 2, y: this.size.height / 2 }) {
    this.whole = false;
    this.view = zoomed(this.view, factor, point, [fit(this.size, this).scale / 2, CLOSEST]);
  }

  /** @param {number} dx share of the view's width by which the image moves */
  pan(dx, dy) {
    this.whole = false;
    this.view = { ...this.view, x: this.view.x + dx * this.size.width, y: this.view.y + dy * this.size.height };
  }

  zoomTo(bbox) {
    this.whole = false;
    this.view = closeTo(bbox, this.size, this);
  }

  wheel(event) {
    event.preventDefault();
    const view = this.getBoundingClientRect();
    this.zoom(WHEEL_STEP ** -event.deltaY, { x: event.clientX - view.left, y: event.clientY - view.top });
  }

  point(event) {
    const view = this.getBoundingClientRect();
    return { x: (event.clientX - view.left - this.view.x) / this.view.scale, y: (event.clientY - view.top - this.view.y) / this.view.scale };
  }

  /** How far two fingers are apart, and the point of the view between them. */
  spread() {
    const [a, b] = this.pointers.values();
    const view = this.getBoundingClientRect();
    return { distance: Math.hypot(a.x - b.x, a.y - b.y), middle: { x: (a.x + b.x) / 2 - view.left, y: (a.y + b.y) / 2 - view.top } };
  }

  press(event) {
    if (event.button > 1) {
      return;
    }
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    event.currentTarget.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (this.pointers.size > 1) {
      this.drag = null;
      this.pinch = this.pointers.size === 2 ? this.spread() : null;
      return;
    }
    const start = this.point(event);
    const edges = event.target.dataset.edges;
    const chosen = this.boxes.find((box) => box.key === this.chosen);
    const inside = chosen && !this.drawing && hit([chosen], start);
    const how = event.button === 1 ? 'pan' : edges ? 'resize' : this.drawing ? 'draw' : inside ? 'move' : 'pan';
    this.drag = { how, start, edges, box: chosen, bbox: null, client: { x: event.clientX, y: event.clientY }, view: this.view, began: false };
  }

  slide(event) {
    if (this.pointers.has(event.pointerId)) {
      this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    }
    if (this.pinch) {
      this.stretch();
      return;
    }
    const { drag } = this;
    if (!drag) {
      return;
    }
    const dx = event.clientX - drag.client.x;
    const dy = event.clientY - drag.client.y;
    if (!drag.began && Math.hypot(dx, dy) < SLIP) {
      return;
    }
    if (drag.how === 'pan') {
      this.whole = false;
      this.view = { ...drag.view, x: drag.view.x + dx, y: drag.view.y + dy };
      this.drag = { ...drag, began: true };
      return;
    }
    const { scale } = drag.view;
    const bbox = drag.how === 'draw' ? spanned(drag.start, this.point(event), this)
      : drag.how === 'move' ? moved(drag.box.bbox, dx / scale, dy / scale, this)
        : resized(drag.box.bbox, drag.edges, dx / scale, dy / scale, this);
    this.drag = { ...drag, began: true, bbox };
  }

  /** The image follows the two fingers. */
  stretch() {
    const before = this.pinch;
    this.pinch = this.spread();
    if (before.distance > 0 && this.pinch.distance > 0) {
      this.zoom(this.pinch.distance / before.distance, before.middle);
      this.view = { ...this.view, x: this.view.x + this.pinch.middle.x - before.middle.x, y: this.view.y + this.pinch.middle.y - before.middle.y };
    }
  }

  cancel(event) {
    this.pointers.delete(event.pointerId);
    this.pinch = null;
    this.drag = null;
  }

  release(event) {
    this.pointers.delete(event.pointerId);
    this.pinch = null;
    const { drag } = this;
    this.drag = null;
    if (!drag) {
      return;
    }
    if (!drag.began) {
      this.fire('choose', hit(this.boxes.filter((box) => !this.faint.has(box.key)), this.point(event))?.key ?? hit(this.boxes, this.point(event))?.key ?? null);
    } else if (drag.how === 'draw' && drag.bbox) {
      this.fire('draw', { bbox: drag.bbox });
    } else if (drag.bbox) {
      this.fire('place', { key: drag.box.key, bbox: drag.bbox });
    }
  }

  fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  render() {
    const { scale, x, y } = this.view;
    const boxes = this.boxes.map((box) => (this.drag?.bbox && this.drag.box?.key === box.key && this.drag.how !== 'draw' ? { ...box, bbox: this.drag.bbox } : box));
    const chosen = boxes.find((box) => box.key === this.chosen);
    const others = boxes.filter((box) => box !== chosen);
    return html`<svg class="editor ${this.drawing ? 'drawing' : ''}" role="img" aria-label=${this.label ?? ''}
        @pointerdown=${this.press} @pointermove=${this.slide} @pointerup=${this.release} @pointercancel=${this.cancel}>
      <g transform="translate(${x} ${y}) scale(${scale})">
        <image href=${this.src} width=${this.width} height=${this.height} preserveAspectRatio="none"></image>
        ${others.map((box) => this.box(box))}
        ${chosen ? this.box(chosen) : nothing}
        ${this.answers.map(({ name, boxes: said }, i) => said.map(({ category, bbox }) => svg`<g class="answer answer-${i}" data-said=${name} data-category=${category}>${rect('edge', bbox)}</g>`))}
        ${this.drag?.how === 'draw' && this.drag.bbox ? rect('edge new', this.drag.bbox) : nothing}
      </g>
      ${others.filter((box) => !this.faint.has(box.key)).sort((a, b) => (b.score ?? 1) - (a.score ?? 1)).slice(0, MOST_LABELS).map((box) => this.tag(box))}
      ${chosen ? this.tag(chosen) : nothing}
      ${this.answers.map(({ name, boxes: said }, i) => said.map((box) => this.sign(name, i, box)))}
      ${chosen && !this.drawing ? this.handles(chosen.bbox) : nothing}
    </svg>`;
  }

  box(box) {
    const visible = clip(box.bbox, this);
    const look = `box ${tone(box.category)} ${state(box)} ${box.key === this.chosen ? 'chosen' : ''} ${this.faint.has(box.key) ? 'faint' : ''} ${box.open || box.mark || box.annotation == null ? '' : 'settled'}`;
    return visible && svg`<g class=${look} data-key=${box.key} data-category=${box.category} data-state=${state(box)}>
      ${rect('halo', visible)}${rect('edge', visible)}</g>`;
  }

  /** In view pixels, so that it keeps its size however near the image is. */
  tag(box) {
    const text = `${box.category}${box.score == null ? '' : ` ${percent(box.score)}`}${SIGNS[state(box)] ?? ''}`;
    const width = text.length * 7.2 + 10;
    const left = Math.max(0, Math.min(box.bbox[0] * this.view.scale + this.view.x, this.size.width - width));
    const edge = box.bbox[1] * this.view.scale + this.view.y;
    const top = edge >= 18 ? edge - 18 : Math.max(0, edge);
    return svg`<g class="label ${tone(box.category)} ${box.key === this.chosen ? 'chosen' : ''}">
      <rect class="tag" x=${left} y=${top} width=${width} height="18"></rect><text x=${left + 5} y=${top + 13}>${text}</text></g>`;
  }

  /** Who said a box, below it, side by side. */
  sign(name, i, { bbox: [x, y, , height] }) {
    const { view, size } = this;
    const left = Math.max(0, Math.min(x * view.scale + view.x, size.width - 20)) + 21 * i;
    const top = Math.max(0, Math.min((y + height) * view.scale + view.y + 2, size.height - 18));
    return svg`<g class="label answer-${i}"><rect class="tag" x=${left} y=${top} width="19" height="18"></rect><text x=${left + 5} y=${top + 13}>${name}</text></g>`;
  }

  handles([x, y, width, height]) {
    const { view } = this;
    return HANDLES.map((edges) => {
      const cx = x + (edges.includes('w') ? 0 : edges.includes('e') ? width : width / 2);
      const cy = y + (edges.includes('n') ? 0 : edges.includes('s') ? height : height / 2);
      return svg`<circle class="handle ${edges}" data-edges=${edges} cx=${cx * view.scale + view.x} cy=${cy * view.scale + view.y} r="6"></circle>`;
    });
  }
}

const SIGNS = { accepted: ' ✓', rejected: ' ✗', corrected: ' ✎', drawn: ' +' };
const rect = (look, [x, y, width, height]) => svg`<rect class=${look} x=${x} y=${y} width=${width} height=${height}></rect>`;

customElements.define('box-editor', BoxEditor);
