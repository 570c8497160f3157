import { html, nothing } from 'lit';
import { api } from '../api.js';
import { Page, at, count, counted, field, problemNote } from '../ui.js';

const AGAIN_MILLIS = 3000;
const PAGE = 20;
/** How a delivery stands, and its look. */
const STATES = { PENDING: ['waits', 'info'], DELIVERED: ['delivered', 'good'], DEAD: ['given up', 'bad'] };

/** Who is told of a project's events, and how that went. */
class Events extends Page {
  static properties = {
    projects: { state: true }, webhooks: { state: true }, types: { state: true }, told: { state: true }, said: { state: true },
    shown: { state: true }, deliveries: { state: true }, next: { state: true }, asking: { state: true }, all: { state: true },
  };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Events – Gleaner';
    this.all = true;
    this.attempt(async () => {
      this.projects = (await api('projects')).items;
      await this.load();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  /** Reads what is there, and again after a while; further pages of deliveries stay until somebody acts. */
  async load() {
    clearTimeout(this.timer);
    try {
      const { items, types } = await api('webhooks');
      this.webhooks = items;
      this.types = types;
      this.shown = items.find(({ id }) => id === this.shown?.id) ?? items[0];
      if (this.shown && (this.deliveries?.length ?? 0) <= PAGE) {
        await this.loadDeliveries();
      }
    } catch (problem) {
      if (!this.webhooks) {
        this.problem = problem;
      }
    }
    if (this.isConnected) {
      this.timer = setTimeout(() => this.load(), AGAIN_MILLIS);
    }
  }

  async loadDeliveries() {
    const of = this.shown;
    const page = await api(`webhooks/${of.id}/deliveries?limit=${PAGE}`);
    if (this.shown === of) {
      this.deliveries = page.items;
      this.next = page.next;
    }
  }

  async more() {
    const page = await this.attempt(() => api(`webhooks/${this.shown.id}/deliveries?limit=${PAGE}&after=${this.next}`));
    if (page) {
      this.deliveries = [...this.deliveries, ...page.items];
      this.next = page.next;
    }
  }

  async show(webhook) {
    this.shown = webhook;
    this.deliveries = null;
    await this.attempt(() => this.loadDeliveries());
  }

  /** Does something, says what came of it, and shows what is there then. */
  async act(said, work) {
    this.said = null;
    this.told = null;
    const done = await this.attempt(work);
    if (done !== undefined) {
      this.said = said(done);
      this.deliveries = null;
      await this.load();
    }
  }

  add(event) {
    event.preventDefault();
    const target = event.target;
    const form = new FormData(target);
    this.act(() => null, async () => {
      const added = await api('webhooks', { json: {
        project: form.get('project'), url: form.get('url').trim(), secret: form.get('secret') || null, types: this.all ? null : form.getAll('type'),
      } });
      target.reset();
      this.all = true;
      this.told = added;
      this.shown = added.webhook;
      return added;
    });
  }

  pause(one, paused) {
    this.act(() => (paused ? 'It is paused; what happens waits.' : 'It goes on.'), () => api(`webhooks/${one.id}`, { method: 'PATCH', json: { paused } }));
  }

  test(one) {
    this.act(() => 'A test event is on its way.', async () => {
      const tested = await api(`webhooks/${one.id}/test`, { method: 'POST' });
      this.shown = one;
      return tested;
    });
  }

  replay(one) {
    this.act(({ deliveries }) => `${counted(deliveries, 'delivery', 'deliveries')} that had been given up ${deliveries === 1 ? 'is' : 'are'} sent again.`, () => api(`webhooks/${one.id}/replay`, { method: 'POST' }));
  }

  replayDelivery(delivery) {
    this.act(() => `Delivery ${delivery.id} is sent again.`, () => api(`webhook-deliveries/${delivery.id}/replay`, { method: 'POST' }));
  }

  /** Asks before what cannot be taken back. */
  async ask(one) {
    this.asking = one;
    await this.updateComplete;
    this.querySelector('dialog').showModal();
  }

  answered(yes) {
    const one = this.asking;
    this.querySelector('dialog').close();
    this.asking = null;
    if (yes) {
      this.act(() => 'The webhook is deleted.', async () => (await api(`webhooks/${one.id}`, { method: 'DELETE' })) ?? true);
    }
  }

  render() {
    if (!this.webhooks) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="stack tight"><p class="crumbs"><a href="/platforms">Platforms</a></p><h1>Events</h1>
        <p class="quiet">Other programs can be told of what happens to a project: each event is a signed POST to an address of theirs.</p></header>
      ${problemNote(this.problem)}
      <div role="status">${this.said ? html`<p class="note">${this.said}</p>` : nothing}
        ${this.told ? html`<div class="note" id="told"><strong>The secret of ${this.told.webhook.url}, shown this once:</strong>
          <code class="password">${this.told.secret}</code><span>The receiver checks signatures with it. Send a test event next.</span></div>` : nothing}</div>
      ${this.webhooks.length === 0 ? html`<section class="card empty"><h2>Nobody is told yet</h2>
        <p>Enter the address of a program that takes events below. Its host has to be allowed by the setting <code>GLEANER_WEBHOOK_HOSTS</code>.</p></section>`
        : html`${this.table()}${this.log()}`}
      ${this.form()}
      ${this.asking ? html`<dialog class="card stack" aria-labelledby="asked" @cancel=${(event) => { event.preventDefault(); this.answered(false); }}>
        <h2 id="asked">Delete the webhook to ${this.asking.url}?</h2><p class="quiet">Its log goes with it, and what waits is not sent.</p>
        <div class="row"><button class="button primary" @click=${() => this.answered(true)}>Delete it</button>
          <button class="button" @click=${() => this.answered(false)}>Leave it</button></div>
      </dialog>` : nothing}`;
  }

  table() {
    return html`<section class="card flush" id="webhooks"><div class="scroll"><table>
      <caption class="visually-hidden">Webhooks</caption>
      <thead><tr><th>Address</th><th>Events</th><th>State</th><th></th></tr></thead>
      <tbody>${this.webhooks.map((one) => html`<tr>
        <td class="name">${one.url}<div class="quiet small">${this.projects.find(({ id }) => id === one.project)?.name ?? `project ${one.project}`}, by ${one.createdBy}</div></td>
        <td class="small">${one.types.length === this.types.length ? 'all' : one.types.join(', ')}</td>
        <td>${one.paused ? html`<span class="badge warn">paused</span>` : one.dead ? html`<span class="badge bad">${count(one.dead)} given up</span>` : html`<span class="badge good">on</span>`}
          ${one.waiting ? html`<div class="quiet small">${counted(one.waiting, 'delivery waits', 'deliveries wait')}</div>` : nothing}</td>
        <td><div class="row">
          ${this.webhooks.length > 1 ? html`<button class="button small" aria-pressed=${String(one.id === this.shown?.id)} @click=${() => this.show(one)} aria-label="Show the deliveries to ${one.url}">Deliveries</button>` : nothing}
          ${one.paused ? html`<button class="button small" ?disabled=${this.busy} @click=${() => this.pause(one, false)}>Resume</button>`
            : html`<button class="button small" ?disabled=${this.busy} @click=${() => this.test(one)}>Send a test</button>
              <button class="button small" ?disabled=${this.busy} @click=${() => this.pause(one, true)}>Pause</button>`}
          ${one.dead ? html`<button class="button small" ?disabled=${this.busy} @click=${() => this.replay(one)}>Replay what was given up</button>` : nothing}
          <button class="button plain" ?disabled=${this.busy} @click=${() => this.ask(one)} aria-label="Delete the webhook to ${one.url}">Delete</button></div></td>
      </tr>`)}</tbody></table></div></section>`;
  }

  log() {
    return html`<section class="card flush" id="deliveries"><header><h2>Deliveries</h2><p class="quiet small">To ${this.shown.url}, the newest first.</p></header>
      ${!this.deliveries ? html`<p class="body quiet">Reading…</p>`
        : this.deliveries.length === 0 ? html`<p class="body quiet">Nothing was sent yet. Send a test event to see whether it arrives.</p>`
          : html`<div class="scroll"><table>
        <thead><tr><th>Event</th><th>State</th><th class="number">Attempts</th><th>Last attempt</th><th></th></tr></thead>
        <tbody>${this.deliveries.map((one) => html`<tr data-delivery=${one.id}>
          <td class="name">${one.type}<details class="small"><summary class="quiet">Delivery ${one.id}, ${at(one.createdAt)}</summary><code>${one.body}</code></details></td>
          <td><span class="badge ${STATES[one.status][1]}">${STATES[one.status][0]}</span></td>
          <td class="number">${count(one.attempts)}</td>
          <td>${one.attemptedAt ? at(one.attemptedAt) : html`<span class="quiet">none yet</span>`}
            <div class="quiet small">${one.error ?? (one.answer ? `it answered ${one.answer}` : nothing)}${one.millis == null ? nothing : `, after ${count(one.millis)} ms`}</div></td>
          <td>${one.status === 'PENDING' ? nothing : html`<button class="button small" ?disabled=${this.busy} @click=${() => this.replayDelivery(one)} aria-label="Send delivery ${one.id} again">Replay</button>`}</td>
        </tr>`)}</tbody></table></div>`}
      ${this.next ? html`<p class="body"><button class="button" ?disabled=${this.busy} @click=${this.more}>Show older ones</button></p>` : nothing}
    </section>`;
  }

  form() {
    const error = (of) => ({ error: this.problem?.of?.(of) });
    return html`<form class="card form" id="add" @submit=${this.add}><h2>Tell another program</h2>
      ${field('Address', html`<input type="url" name="url" required placeholder="https://receiver.example/gleaner">`, { hint: 'It is shown to engineers: put no secret into it.', ...error('url') })}
      ${field('Project', html`<select name="project">${this.projects.map((one) => html`<option value=${one.name}>${one.name}</option>`)}</select>`, error('project'))}
      ${field('Secret', html`<input type="password" name="secret" minlength="16" autocomplete="off">`, { hint: 'Deliveries are signed with it. Leave it empty to have one made.', ...error('secret') })}
      <fieldset><legend>Events</legend>
        <label class="row"><input type="checkbox" name="all" checked .checked=${this.all} @change=${(event) => { this.all = event.target.checked; }}> all of them</label>
        ${this.all ? nothing : html`<div class="columns narrow">${this.types.map((type) => html`<label class="row"><input type="checkbox" name="type" value=${type}> ${type}</label>`)}</div>`}
        ${error('types').error ? html`<small class="badge bad">Expected ${error('types').error.expected}</small>` : nothing}</fieldset>
      <div><button class="button primary" ?disabled=${this.busy}>Add the webhook</button></div>
    </form>`;
  }
}

customElements.define('gl-events', Events);
