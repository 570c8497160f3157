// What pages share: their base class, how numbers and times are written, and small pieces of markup.
import { LitElement, html, nothing } from 'lit';

/** A page: drawn in the document itself, so that app.css applies. `problem` holds what went wrong last. */
export class Page extends LitElement {
  static properties = { problem: { state: true }, busy: { state: true } };

  createRenderRoot() {
    return this;
  }

  /** Does the work; when it fails, keeps the problem for the page to show, and gives undefined. */
  async attempt(work) {
    this.problem = null;
    this.busy = true;
    try {
      return await work();
    } catch (problem) {
      this.problem = problem;
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}

/** Opens another page of the console. */
export function open(path) {
  history.pushState(null, '', path);
  window.dispatchEvent(new Event('gleaner-opened'));
}

const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const count = (number) => whole.format(number);
export const decimal = (number) => short.format(number);
/** A figure in [0, 1] as the papers write it: 31.4; a dash where there is none. */
export const points = (figure) => (figure == null ? '–' : (figure * 100).toFixed(1));
/** A difference of two such figures with its sign: +3.2; none where it is too small to show. */
export const change = (difference) => {
  const size = points(difference == null ? null : Math.abs(difference));
  return size === '–' || Number(size) === 0 ? size : `${difference < 0 ? '−' : '+'}${size}`;
};
export const percent = (share) => `${Math.round(share * 100)}%`;
export const at = (instant) => (instant ? moment.format(new Date(instant)) : '–');

/** "3 images", "1 image". */
export const counted = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** Whether a dataset came without boxes; one that is not there did not. */
export const isPlain = (dataset) => ['folder', 'urls'].includes(dataset?.source.type);

/** "2 min 5 s". */
export function duration(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) {
    return `${s} s`;
  }
  const minutes = Math.floor(s / 60);
  return minutes < 60 ? `${minutes} min ${s % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The class that gives a category its colour, the same on every page. */
export function tone(category) {
  let hash = 0;
  for (const letter of category) {
    hash = (hash * 31 + letter.codePointAt(0)) % 1_000_003;
  }
  return `tone-${hash % 8}`;
}

const LOOKS = {
  READY: 'good', COMPLETED: 'good', CHAMPION: 'good', ACCEPTED: 'good', CORRECTED: 'good', PROMOTED: 'good',
  IMPORTING: 'info', STARTING: 'info', RUNNING: 'info', PROPOSED: 'info', CANDIDATE: 'info', PASSED: 'info',
  STOPPED: 'warn', REJECTED: 'bad', REFUSED: 'bad', FAILED: 'bad',
};

/** A status as a badge. */
export const badge = (status) => html`<span class="badge ${LOOKS[status] ?? ''}">${status.toLowerCase()}</span>`;

/** What went wrong, with every fault of the input. */
export function problemNote(problem) {
  if (!problem) {
    return nothing;
  }
  return html`<div class="note bad" role="alert">
    <strong>${problem.title ?? 'This did not work'}</strong>
    ${problem.errors?.length
      ? html`<ul>${problem.errors.map((error) => html`<li>
          <code>${error.field}</code>${error.value == null ? ' is missing' : html` is <code>${show(error.value)}</code>`}; expected ${error.expected}.
        </li>`)}</ul>`
      : html`<span>${problem.message}</span>`}
  </div>`;
}

function show(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A labelled control; marks what the problem says about the field. */
export function field(label, control, { hint, error } = {}) {
  return html`<label class="field"><span>${label}</span>${control}
    ${error ? html`<small class="badge bad">Expected ${error.expected}</small>` : hint ? html`<small>${hint}</small>` : nothing}
  </label>`;
}

/** A threshold with its value beside it. */
export const slider = (label, value, onInput) => html`<label class="field"><span>${label}</span>
  <span class="slider">
    <input type="range" min="0" max="1" step="0.01" .value=${String(value)} @input=${(event) => onInput(Number(event.target.value))}>
    <output>${percent(value)}</output>
  </span>
</label>`;
