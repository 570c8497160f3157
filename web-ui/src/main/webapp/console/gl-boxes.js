import { LitElement, html, nothing, svg } from 'lit';
import { atLeast, clip, hit, labelPlace, toImage } from './boxes.js';
import { percent, tone } from './ui.js';

/** More labels than this would hide the image; the best boxes and the chosen one keep theirs. */
const MOST_LABELS = 20;

/**
 * An image with boxes drawn over it.
 *
 * Properties: `src`; `width` and `height` of the image in pixels; `boxes`, each with `id`, `category`, `bbox` and maybe `score`;
 * `minScore`; `chosen`, the id of the highlighted box. A box may have `look`, classes that it has instead of its category's colour,
 * `text`, its label, and `note`, which is told when the pointer rests on it. With the attribute `large` boxes have labels and can
 * be chosen: then it fires `choose` with the box, or null, as detail.
 */
export class Boxes extends LitElement {
  static properties = {
    src: {},
    alt: {},
    width: { type: Number },
    height: { type: Number },
    boxes: { attribute: false },
    minScore: { type: Number },
    chosen: { attribute: false },
    large: { type: Boolean },
    viewWidth: { state: true },
  };

  constructor() {
    super();
    this.boxes = [];
    this.minScore = 0;
    this.viewWidth = 800;
    this.resized = new ResizeObserver(([entry]) => {
      this.viewWidth = entry.contentRect.width || this.viewWidth;
    });
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.large) {
      this.resized.observe(this);
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  get shown() {
    return atLeast(this.boxes, this.minScore);
  }

  choose(event) {
    const view = event.currentTarget.getBoundingClientRect();
    const point = toImage({ x: event.clientX - view.left, y: event.clientY - view.top }, view, this);
    this.dispatchEvent(new CustomEvent('choose', { detail: hit(this.shown, point) }));
  }

  render() {
    const { shown } = this;
    return html`<span class="frame ${this.large ? 'large' : ''}">
      <img src=${this.src} alt=${this.alt ?? ''} width=${this.width} height=${this.height} loading="lazy" decoding="async">
      <svg viewBox="0 0 ${this.width} ${this.height}" aria-hidden="true" @click=${this.large ? this.choose : nothing}>
        ${shown.map((box, index) => this.box(box, index >= shown.length - MOST_LABELS))}
      </svg>
    </span>`;
  }

  box(box, labelled) {
    const visible = clip(box.bbox, this);
    if (visible === null) {
      return nothing;
    }
    const [x, y, width, height] = visible;
    const state = this.chosen == null ? '' : this.chosen === box.id ? 'chosen' : 'faded';
    return svg`<g class="box ${box.look ?? tone(box.category)} ${state}" data-id=${box.id ?? nothing} data-category=${box.category}>
      <rect class="halo" x=${x} y=${y} width=${width} height=${height}></rect>
      <rect class="edge" x=${x} y=${y} width=${width} height=${height}></rect>
      ${this.large && (labelled || state === 'chosen') ? this.label(box, visible) : nothing}
      <title>${written(box)}${box.note ? `: ${box.note}` : ''}</title>
    </g>`;
  }

  label(box, visible) {
    const pixel = this.width / this.viewWidth;
    const text = written(box);
    const size = { width: (text.length * 8 + 10) * pixel, height: 19 * pixel };
    const { x, y } = labelPlace(visible, size, this);
    return svg`<rect class="tag" x=${x} y=${y} width=${size.width} height=${size.height}></rect>
      <text transform="translate(${x + 5 * pixel} ${y + 14 * pixel}) scale(${12.5 * pixel})">${text}</text>`;
  }
}

const written = ({ text, category, score }) => text ?? (score == null ? category : `${category} ${percent(score)}`);

customElements.define('gl-boxes', Boxes);
