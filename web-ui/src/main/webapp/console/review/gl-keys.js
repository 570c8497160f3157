import { LitElement, html, nothing } from 'lit';
import { pretty, written } from './keys.js';

/**
 * The list of keys in a dialog, where they are changed.
 *
 * Property `keys`, a KeyMap. Fires `close` when the reviewer has seen enough. While it waits for a new key, nobody else hears it.
 */
class Keys extends LitElement {
  static properties = { keys: { attribute: false }, binding: { state: true }, taken: { state: true } };

  constructor() {
    super();
    this.onKey = (event) => this.press(event);
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('keydown', this.onKey, true);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.onKey, true);
  }

  /** Where the dialog is open already; if not, it sees to it itself. */
  firstUpdated() {
    this.querySelector('[autofocus]').focus();
  }

  press(event) {
    if (!this.binding) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const key = written(event);
    if (key === null) {
      return;
    }
    if (key !== 'Escape') {
      const holder = this.keys.bind(this.binding, key);
      this.taken = holder && `“${pretty(key)}” is taken: ${this.keys.labelOf(holder).toLowerCase()}. Give that another key first.`;
    }
    this.binding = null;
  }

  begin(id) {
    this.binding = id;
    this.taken = null;
  }

  reset() {
    this.keys.reset();
    this.taken = null;
    this.requestUpdate();
  }

  render() {
    const { actions } = this.keys;
    return html`<div class="stack">
      <div class="row spread"><h2 id="asked">Keys</h2><div class="row"><button class="button" @click=${this.reset}>As they were at first</button>
        <button class="button primary" autofocus @click=${() => this.dispatchEvent(new CustomEvent('close'))}>Close</button></div></div>
      <p class="quiet">Press a key's button and then the new key. They are kept in this browser.</p>
      ${this.taken ? html`<p class="note bad" role="alert">${this.taken}</p>` : nothing}
      ${this.keys.conflicts().map(([key, ids]) => html`<p class="note warn" role="alert">“${pretty(key)}” is wanted twice: ${ids.map((id) => this.keys.labelOf(id).toLowerCase()).join('; ')}.</p>`)}
      <div class="key-groups">${[...new Set(actions.map((action) => action.group))].map((group) => html`<section class="stack tight"><h3>${group}</h3>
        <dl class="keys">${actions.filter((action) => action.group === group).map((action) => html`<div><dt>${action.label}${action.also ? html` <span class="quiet small">also <kbd>${pretty(action.also.replace('+z', '+Z'))}</kbd></span>` : nothing}</dt>
          <dd><button class="key" data-bind=${action.id} aria-label="${action.label}: ${this.keys.keyOf(action.id)}; change" @click=${() => this.begin(action.id)}>
            ${this.binding === action.id ? 'press a key' : pretty(this.keys.keyOf(action.id))}</button></dd></div>`)}</dl></section>`)}</div>
    </div>`;
  }
}

customElements.define('gl-keys', Keys);
