import { html, nothing } from 'lit';
import { api } from '../api.js';
import { Page, at, count, counted, field, problemNote } from '../ui.js';

const ROLES = [
  ['viewer', 'reads'],
  ['reviewer', 'reads, and decides about boxes'],
  ['engineer', 'does everything but say who may do what'],
  ['administrator', 'does everything'],
];
const SAID = {
  SIGNED_IN: 'signed in', SIGN_IN_REFUSED: 'was not signed in', SIGNED_OUT: 'signed out', USER_CREATED: 'made', ROLE_CHANGED: 'changed the role of',
  USER_DISABLED: 'disabled', USER_ENABLED: 'enabled', PASSWORD_CHANGED: 'changed the own password', PASSWORD_RESET: 'reset the password of',
  SESSIONS_REVOKED: 'signed out everywhere', TOKEN_CREATED: 'made a token', TOKEN_REVOKED: 'revoked a token', TOKENS_REVOKED: 'revoked the tokens of',
};
const PAGE = 20;

/** Who may sign in and as what, and what was done about it. */
class Users extends Page {
  static properties = { users: { state: true }, events: { state: true }, next: { state: true }, told: { state: true }, asking: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Users – Gleaner';
    this.attempt(() => this.load());
  }

  async load() {
    const [users, log] = await Promise.all([api('users'), api(`account-events?limit=${PAGE}`)]);
    this.users = users.items;
    this.events = log.items;
    this.next = log.next;
  }

  async more() {
    const page = await this.attempt(() => api(`account-events?limit=${PAGE}&after=${this.next}`));
    if (page) {
      this.events = [...this.events, ...page.items];
      this.next = page.next;
    }
  }

  async add(event) {
    event.preventDefault();
    const { target } = event;
    const form = new FormData(target);
    this.told = null;
    await this.attempt(async () => {
      const { user, password } = await api('users', { json: { name: form.get('name').trim(), role: form.get('role') } });
      target.reset();
      this.told = { name: user.name, password };
      await this.load();
    });
  }

  /** Does something with a user, and shows what is there then. Where it was refused, what is shown is what is there, too. */
  async change(work) {
    this.told = null;
    await this.attempt(async () => {
      await work();
      await this.load();
    });
    this.requestUpdate();
  }

  async chooseRole(user, select) {
    await this.change(() => api(`users/${user.id}`, { method: 'PATCH', json: { role: select.value } }));
    select.value = this.users.find(({ id }) => id === user.id).role;
  }

  resetPassword(user) {
    return this.change(async () => {
      const { password } = await api(`users/${user.id}/password`, { json: {} });
      this.told = { name: user.name, password };
    });
  }

  disable(user, disabled) {
    return this.change(() => api(`users/${user.id}`, { method: 'PATCH', json: { disabled } }));
  }

  /** Asks before what cannot be taken back. */
  async ask(question, answer, work) {
    this.asking = { question, answer, work };
    await this.updateComplete;
    this.querySelector('dialog').showModal();
  }

  answered(yes) {
    const { work } = this.asking;
    this.querySelector('dialog').close();
    this.asking = null;
    if (yes) {
      work();
    }
  }

  render() {
    if (!this.users) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="stack tight"><h1>Users</h1>
        <p class="quiet">Whoever signs in has one role. Users are disabled and never deleted, as their decisions carry their names.</p></header>
      ${problemNote(this.problem)}
      ${this.told ? html`<div class="note" role="status"><strong>The password of ${this.told.name}, shown this once:</strong>
        <code class="password">${this.told.password}</code>
        <span>Pass it on; ${this.told.name} changes it on the page “Account”.</span></div>` : nothing}
      ${this.users.length === 0 ? html`<section class="card empty"><h2>No user yet</h2>
          <p>So far only tokens open the console. Make a user for yourself first, as an administrator, then one for everybody else.</p></section>` : this.table()}
      <form class="card form" @submit=${this.add}>
        <h2>New user</h2>
        ${field('Name', html`<input type="text" name="name" required maxlength="64" autocomplete="off" spellcheck="false" autocapitalize="none"
          aria-invalid=${this.problem?.of?.('name') ? 'true' : nothing}>`, { error: this.problem?.of?.('name') })}
        ${field('Role', html`<select name="role">${ROLES.map(([role, may]) => html`<option value=${role} ?selected=${role === (this.users.length ? 'reviewer' : 'administrator')}>${role}: ${may}</option>`)}</select>`)}
        <div><button class="button primary" ?disabled=${this.busy}>Make the user</button></div>
      </form>
      ${this.log()}
      ${this.asking ? html`<dialog class="card stack" aria-labelledby="asked" @cancel=${(event) => { event.preventDefault(); this.answered(false); }}>
        <h2 id="asked">${this.asking.question}</h2>
        <div class="row"><button class="button primary" @click=${() => this.answered(true)}>${this.asking.answer}</button>
          <button class="button" @click=${() => this.answered(false)}>Leave it</button></div>
      </dialog>` : nothing}`;
  }

  table() {
    return html`<section class="card flush"><div class="scroll"><table>
      <caption class="visually-hidden">Users by name</caption>
      <thead><tr><th>Name</th><th>Role</th><th>Last signed in</th><th class="number">Sessions</th><th class="number">Tokens</th><th>Actions</th></tr></thead>
      <tbody>${this.users.map((user) => html`<tr data-user=${user.name}>
        <td class="name">${user.name}${user.disabled ? html` <span class="badge bad">disabled</span>` : nothing}${user.issuer ? html`<br><span class="quiet small">through ${user.issuer}</span>` : nothing}</td>
        <td>${user.issuer ? user.role : html`<select aria-label="Role of ${user.name}" @change=${(event) => this.chooseRole(user, event.target)}>
          ${ROLES.map(([role]) => html`<option ?selected=${role === user.role}>${role}</option>`)}</select>`}</td>
        <td class="nowrap">${at(user.lastSignedInAt)}</td>
        <td class="number">${count(user.sessions)}</td>
        <td class="number">${count(user.tokens)}</td>
        <td><div class="row">
          ${user.issuer ? nothing : html`<button class="button small" @click=${() => this.ask(`Give ${user.name} a new password?`, 'Reset the password', () => this.resetPassword(user))}>Reset password</button>`}
          ${user.sessions ? html`<button class="button small" @click=${() => this.change(() => api(`users/${user.id}/sessions`, { method: 'DELETE' }))}>Sign out</button>` : nothing}
          ${user.tokens ? html`<button class="button small" @click=${() => this.ask(`Revoke ${counted(user.tokens, 'token')} of ${user.name}? Programs that use them will be refused.`, 'Revoke', () => this.change(() => api(`users/${user.id}/tokens`, { method: 'DELETE' })))}>Revoke tokens</button>` : nothing}
          ${user.disabled ? html`<button class="button small" @click=${() => this.disable(user, false)}>Enable</button>`
            : html`<button class="button small" @click=${() => this.ask(`Disable ${user.name}? Sessions end, and tokens are revoked.`, 'Disable', () => this.disable(user, true))}>Disable</button>`}
        </div></td>
      </tr>`)}</tbody>
    </table></div></section>`;
  }

  log() {
    return html`<section class="card flush"><div class="body"><h2>Log</h2></div>
      ${this.events.length === 0 ? html`<p class="body quiet">Nothing has happened yet.</p>` : html`<div class="scroll"><table>
        <caption class="visually-hidden">What was done with accounts, newest first</caption>
        <thead><tr><th>When</th><th>Who</th><th>What</th><th>From</th></tr></thead>
        <tbody>${this.events.map((event) => html`<tr>
          <td class="nowrap">${at(event.at)}</td><td class="name">${event.actor}</td>
          <td>${SAID[event.action]}${event.account === event.actor ? nothing : html` <strong>${event.account}</strong>`}${event.before || event.after ? html` <span class="quiet">${[event.before, event.after].filter(Boolean).join(' → ')}</span>` : nothing}</td>
          <td>${event.address ?? '–'}</td>
        </tr>`)}</tbody></table></div>
      ${this.next ? html`<div class="body"><button class="button" ?disabled=${this.busy} @click=${this.more}>Load more</button></div>` : nothing}`}
    </section>`;
  }
}

customElements.define('gl-users', Users);
