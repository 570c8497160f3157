import { html, nothing } from 'lit';
import { api } from '../api.js';
import { Page, problemNote } from '../ui.js';

/** Why the identity provider's answer opened nothing, as OpenIdSignIn says it in the address; the server's log tells more. */
const REFUSED = {
  provider: 'The identity provider did not say who you are. Try again; if it goes on, an administrator finds more in the server’s log.',
  account: 'The identity provider knows you, but you may not sign in here. Ask an administrator for a role.',
};

/** Exchanges a name and a password, or a token, for a session; or goes to the identity provider for one. Fires `signed-in`, or `signing-in` on leaving. */
class SignIn extends Page {
  static properties = { options: { state: true }, withToken: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Sign in – Gleaner';
    this.ask();
  }

  /** How one can sign in here. Where the server does not tell, a token always can. */
  async ask() {
    const answer = await fetch('/sign-in/options').catch(() => null);
    this.options = answer?.ok ? await answer.json() : { users: false };
    this.withToken = !this.options.users;
    this.refused = REFUSED[new URLSearchParams(location.search).get('refused')] ?? null;
    await this.updateComplete;
    this.querySelector('input')?.focus();
  }

  async signIn(event) {
    event.preventDefault();
    const entered = event.target;
    const form = new FormData(entered);
    const proof = this.withToken ? { token: form.get('token').trim() } : { password: { name: form.get('name').trim(), password: form.get('password') } };
    await this.attempt(async () => {
      await api('session', { method: 'POST', ...proof });
      this.dispatchEvent(new Event('signed-in'));
    });
    if (this.problem) {
      // What was wrong is not to be corrected letter by letter: nobody sees it.
      const secret = entered.elements[this.withToken ? 'token' : 'password'];
      secret.value = '';
      secret.focus();
    }
  }

  async turn() {
    this.withToken = !this.withToken;
    this.problem = null;
    await this.updateComplete;
    this.querySelector('input').focus();
  }

  render() {
    if (!this.options) {
      return nothing;
    }
    return html`<main class="bare">
      <span class="brand"><img src="/console/icon.svg" alt="">Gleaner</span>
      <section class="card stack">
        <div class="stack tight">
          <h1>Sign in</h1>
          ${this.withToken ? html`<p class="quiet">The administrator’s token was printed when the server was started for the first time. Whoever set
            <code>GLEANER_ADMIN_TOKEN</code> chose it.${this.options.users ? nothing : ' With it, the first user is made on the page “Users”.'}</p>` : nothing}
        </div>
        ${this.problem?.status === 401
          ? html`<p class="note bad" role="alert">${this.withToken ? 'This token opens no account. Check that it was copied whole.' : this.problem.message}</p>`
          : this.refused && !this.problem ? html`<p class="note bad" role="alert">${this.refused}</p>` : problemNote(this.problem)}
        ${this.options.openId ? html`<a class="button primary" href="/sign-in/openid" target="_self" @click=${() => this.dispatchEvent(new Event('signing-in'))}>Sign in with OpenID Connect</a>` : nothing}
        <form class="stack" @submit=${this.signIn}>
          ${this.withToken ? html`<label class="field"><span>Token</span>
            <input name="token" type="password" autocomplete="off" required spellcheck="false">
          </label>` : html`<label class="field"><span>Name</span>
            <input name="name" type="text" autocomplete="username" required spellcheck="false" autocapitalize="none">
          </label>
          <label class="field"><span>Password</span>
            <input name="password" type="password" autocomplete="current-password" required>
          </label>`}
          <div class="row spread">
            <button class="button ${this.options.openId ? '' : 'primary'}" ?disabled=${this.busy}>Sign in</button>
            ${this.options.users ? html`<button type="button" class="link" @click=${this.turn}>${this.withToken ? 'Sign in with a password' : 'Sign in with a token'}</button>` : nothing}
          </div>
        </form>
      </section>
    </main>`;
  }
}

customElements.define('gl-sign-in', SignIn);
