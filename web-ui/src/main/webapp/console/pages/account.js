import { html, nothing } from 'lit';
import { api } from '../api.js';
import { Page, at, field, problemNote } from '../ui.js';

/** One's own account: the password, and tokens for programs. */
class OwnAccount extends Page {
  static properties = { account: { state: true }, tokens: { state: true }, made: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Account – Gleaner';
    this.attempt(() => this.load());
  }

  async load() {
    this.account = await api('session');
    this.tokens = this.account.user ? (await api('account/tokens')).items : [];
  }

  async changePassword(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    if (form.get('next') !== form.get('again')) {
      this.problem = { title: 'The new passwords differ', message: 'Type the same one twice.' };
      return;
    }
    await this.attempt(async () => {
      await api('account/password', { method: 'PUT', json: { current: form.get('current'), next: form.get('next') } });
      window.dispatchEvent(new Event('gleaner-signed-out'));
    });
  }

  async makeToken(event) {
    event.preventDefault();
    const { target } = event;
    this.made = null;
    await this.attempt(async () => {
      this.made = await api('account/tokens', { json: { name: new FormData(target).get('name').trim() } });
      target.reset();
      await this.load();
    });
  }

  async revoke(token) {
    this.made = null;
    await this.attempt(async () => {
      await api(`account/tokens/${token.id}`, { method: 'DELETE' });
      await this.load();
    });
  }

  render() {
    if (!this.tokens) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const { name, role, user } = this.account;
    return html`
      <header class="stack tight"><h1>Account</h1><p class="quiet">Signed in as <strong>${name}</strong>, ${role}.</p></header>
      ${problemNote(this.problem)}
      ${user ? this.own() : html`<section class="card empty"><h2>This is a token</h2>
        <p>It belongs to nobody, so it has no password. ${role === 'administrator' ? html`Make a user for yourself, and sign in as that.` : nothing}</p>
        ${role === 'administrator' ? html`<a class="button" href="/users">Users</a>` : nothing}</section>`}`;
  }

  own() {
    return html`
      <form class="card form" @submit=${this.changePassword}>
        <h2>Change the password</h2>
        ${field('Password until now', html`<input type="password" name="current" required autocomplete="current-password">`, { error: this.problem?.of?.('current') })}
        ${field('New password', html`<input type="password" name="next" required minlength="10" maxlength="200" autocomplete="new-password">`,
          { hint: 'At least 10 characters.', error: this.problem?.of?.('next') })}
        ${field('New password again', html`<input type="password" name="again" required autocomplete="new-password">`)}
        <div class="row"><button class="button primary" ?disabled=${this.busy}>Change the password</button>
          <span class="quiet small">Everybody signed in as ${this.account.name} is signed out, here too.</span></div>
      </form>
      <section class="card stack">
        <h2>Tokens</h2>
        <p class="quiet">A program that calls the REST interface with a token may do whatever you may.</p>
        ${this.made ? html`<div class="note" role="status"><strong>The token “${this.made.name}”, shown this once:</strong><code class="password">${this.made.text}</code></div>` : nothing}
        ${this.tokens.length === 0 ? html`<p class="quiet">No token yet.</p>` : html`<div class="scroll"><table>
          <caption class="visually-hidden">Your tokens</caption>
          <thead><tr><th>Name</th><th>Made</th><th>Last used</th><th>Actions</th></tr></thead>
          <tbody>${this.tokens.map((token) => html`<tr><td class="name">${token.name}</td><td class="nowrap">${at(token.createdAt)}</td>
            <td class="nowrap">${at(token.lastUsedAt)}</td>
            <td><button class="button small" aria-label="Revoke ${token.name}" @click=${() => this.revoke(token)}>Revoke</button></td></tr>`)}</tbody>
        </table></div>`}
        <form class="row" @submit=${this.makeToken}>
          <label class="inline"><span>Name of a new token</span><input type="text" name="name" required maxlength="100" autocomplete="off"></label>
          <button class="button" ?disabled=${this.busy}>Make a token</button>
        </form>
      </section>`;
  }
}

customElements.define('gl-account', OwnAccount);
