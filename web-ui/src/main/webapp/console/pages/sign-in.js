import { html } from 'lit';
import { api } from '../api.js';
import { Page, problemNote } from '../ui.js';

/** Exchanges the token for a session. Fires `signed-in`. */
class SignIn extends Page {
  async signIn(event) {
    event.preventDefault();
    const token = new FormData(event.target).get('token').trim();
    await this.attempt(async () => {
      await api('session', { method: 'POST', token });
      this.dispatchEvent(new Event('signed-in'));
    });
  }

  firstUpdated() {
    document.title = 'Sign in – Gleaner';
    this.querySelector('input').focus();
  }

  render() {
    return html`<main class="bare">
      <span class="brand"><img src="/console/icon.svg" alt="">Gleaner</span>
      <section class="card stack">
        <div class="stack tight">
          <h1>Sign in</h1>
          <p class="quiet">The administrator’s token was printed when the server was started for the first time. Whoever set
            <code>GLEANER_ADMIN_TOKEN</code> chose it.</p>
        </div>
        ${this.problem?.status === 401
          ? html`<p class="note bad" role="alert">This token opens no account. Check that it was copied whole.</p>`
          : problemNote(this.problem)}
        <form @submit=${this.signIn}>
          <label class="field"><span>Token</span>
            <input name="token" type="password" autocomplete="current-password" required spellcheck="false">
          </label>
          <button class="button primary" ?disabled=${this.busy}>Sign in</button>
        </form>
      </section>
    </main>`;
  }
}

customElements.define('gl-sign-in', SignIn);
