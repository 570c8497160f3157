import { LitElement, html, nothing } from 'lit';
import { keyed } from 'lit-html/directives/keyed.js';
import { api } from './api.js';
import { outboxOf, stopSending } from './review/sending.js';
import { open } from './ui.js';
import './pages/account.js';
import './pages/categories.js';
import './pages/compare.js';
import './pages/dataset.js';
import './pages/evaluation.js';
import './pages/evaluations.js';
import './pages/events.js';
import './pages/family.js';
import './pages/fine-tune.js';
import './pages/fine-tunes.js';
import './pages/gallery.js';
import './pages/home.js';
import './pages/image.js';
import './pages/import-model.js';
import './pages/models.js';
import './pages/new-dataset.js';
import './pages/new-evaluation.js';
import './pages/new-family.js';
import './pages/new-fine-tune.js';
import './pages/new-round.js';
import './pages/new-run.js';
import './pages/platforms.js';
import './pages/quality.js';
import './pages/preflight.js';
import './pages/queue-items.js';
import './pages/review-queue.js';
import './pages/review.js';
import './pages/round.js';
import './pages/rounds.js';
import './pages/run.js';
import './pages/runs.js';
import './pages/sign-in.js';
import './pages/try.js';
import './pages/update-boxes.js';
import './pages/users.js';

const ROUTES = [
  [/^\/$/, () => html`<gl-home></gl-home>`],
  [/^\/datasets\/new$/, () => html`<gl-new-dataset></gl-new-dataset>`],
  [/^\/datasets\/(\d+)$/, (id) => html`<gl-dataset .dataset=${id}></gl-dataset>`],
  [/^\/datasets\/(\d+)\/categories$/, (id) => html`<gl-categories .dataset=${id}></gl-categories>`],
  [/^\/datasets\/(\d+)\/preflight$/, (id) => html`<gl-preflight .dataset=${id}></gl-preflight>`],
  [/^\/datasets\/(\d+)\/update$/, (id) => html`<gl-update-boxes .dataset=${id}></gl-update-boxes>`],
  [/^\/images\/(\d+)$/, (id) => html`<gl-image .image=${id}></gl-image>`],
  [/^\/runs$/, () => html`<gl-runs></gl-runs>`],
  [/^\/runs\/new$/, () => html`<gl-new-run></gl-new-run>`],
  [/^\/runs\/(\d+)$/, (id) => html`<gl-run .run=${id}></gl-run>`],
  [/^\/evaluations$/, () => html`<gl-evaluations></gl-evaluations>`],
  [/^\/evaluations\/new$/, () => html`<gl-new-evaluation></gl-new-evaluation>`],
  [/^\/evaluations\/(\d+)$/, (id) => html`<gl-evaluation .evaluation=${id}></gl-evaluation>`],
  [/^\/evaluation-families\/new$/, () => html`<gl-new-family></gl-new-family>`],
  [/^\/evaluation-families\/(\d+)$/, (id) => html`<gl-family .family=${id}></gl-family>`],
  [/^\/train$/, () => html`<gl-fine-tunes></gl-fine-tunes>`],
  [/^\/train\/new$/, () => html`<gl-new-fine-tune></gl-new-fine-tune>`],
  [/^\/train\/(\d+)$/, (id) => html`<gl-fine-tune .fineTune=${id}></gl-fine-tune>`],
  [/^\/review$/, () => html`<gl-review></gl-review>`],
  [/^\/review\/(\d+)\/items$/, (id) => html`<gl-queue-items .queue=${id}></gl-queue-items>`],
  [/^\/review\/(\d+)\/rulings\/(\d+)$/, (queue, image) => html`<gl-review-queue .queue=${queue} .ruling=${image}></gl-review-queue>`],
  [/^\/review\/(\d+)$/, (id) => html`<gl-review-queue .queue=${id}></gl-review-queue>`],
  [/^\/gallery$/, () => html`<gl-gallery></gl-gallery>`],
  [/^\/quality$/, () => html`<gl-quality></gl-quality>`],
  [/^\/rounds$/, () => html`<gl-rounds></gl-rounds>`],
  [/^\/rounds\/new$/, () => html`<gl-new-round></gl-new-round>`],
  [/^\/rounds\/(\d+)$/, (id) => html`<gl-round .round=${id}></gl-round>`],
  [/^\/models$/, () => html`<gl-models></gl-models>`],
  [/^\/models\/import$/, () => html`<gl-import-model></gl-import-model>`],
  [/^\/models\/compare$/, () => html`<gl-compare></gl-compare>`],
  [/^\/platforms$/, () => html`<gl-platforms></gl-platforms>`],
  [/^\/platforms\/events$/, () => html`<gl-events></gl-events>`],
  [/^\/try$/, () => html`<gl-try></gl-try>`],
  [/^\/users$/, () => html`<gl-users></gl-users>`],
  [/^\/account$/, () => html`<gl-account></gl-account>`],
];

const SIGNED_IN = 'gleaner-signed-in';
const SECTIONS = [['/', 'Overview'], ['/review', 'Review'], ['/models', 'Models'], ['/train', 'Train'], ['/rounds', 'Rounds'], ['/evaluations', 'Evaluations'], ['/platforms', 'Platforms'], ['/try', 'Try a prompt']];

function page(path) {
  for (const [pattern, draw] of ROUTES) {
    const match = pattern.exec(path);
    if (match) {
      return draw(...match.slice(1).map(Number));
    }
  }
  return html`<section class="card empty"><h1>There is no such page</h1><a class="button" href="/">Go to the overview</a></section>`;
}

/** The console's frame: who is signed in, where one can go, and the page of the address. */
class App extends LitElement {
  static properties = { account: { state: true }, path: { state: true } };

  constructor() {
    super();
    this.account = undefined;
    this.path = location.pathname;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    const moved = () => {
      this.path = location.pathname;
      this.requestUpdate();
      window.scrollTo(0, 0);
    };
    window.addEventListener('popstate', moved);
    window.addEventListener('gleaner-opened', moved);
    window.addEventListener('gleaner-signed-out', () => {
      stopSending();
      this.account = null;
    });
    document.addEventListener('click', (event) => this.followLink(event));
    this.recognise();
  }

  /** Asks the server, but not where nobody ever signed in: it would only complain. */
  async recognise() {
    this.account = localStorage.getItem(SIGNED_IN) ? await api('session').catch(() => null) : null;
    if (this.account) {
      outboxOf(this.account.name);
    }
  }

  signedIn() {
    localStorage.setItem(SIGNED_IN, 'yes');
    this.recognise();
  }

  /** Links within the console change the page without loading the console again. */
  followLink(event) {
    const link = event.target.closest('a[href^="/"]');
    const elsewhere = event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey;
    if (link && !elsewhere && !link.hasAttribute('download') && !link.target) {
      event.preventDefault();
      open(link.getAttribute('href'));
    }
  }

  async signOut() {
    await api('session', { method: 'DELETE' }).catch(() => null);
    localStorage.removeItem(SIGNED_IN);
    stopSending();
    this.account = null;
    // Whoever comes next may not see the same pages.
    open('/');
  }

  render() {
    if (this.account === undefined) {
      return nothing;
    }
    if (this.account === null) {
      return html`<gl-sign-in @signed-in=${this.signedIn}
        @signing-in=${() => localStorage.setItem(SIGNED_IN, 'yes')}></gl-sign-in>`;
    }
    const sections = this.account.role === 'administrator' ? [...SECTIONS, ['/users', 'Users']] : SECTIONS;
    return html`
      <a class="skip" href="#main">Skip to the page</a>
      <header class="top">
        <a class="brand" href="/"><img src="/console/icon.svg" alt="">Gleaner</a>
        <nav aria-label="Main">
          ${sections.map(([path, name]) => html`<a href=${path} aria-current=${path === this.path ? 'page' : path !== '/' && this.path.startsWith(`${path}/`) ? 'true' : nothing}>${name}</a>`)}
        </nav>
        <a class="button plain account" href="/account" aria-current=${this.path === '/account' ? 'page' : nothing}>${this.account.name}</a>
        <button class="button plain" @click=${this.signOut}>Sign out</button>
      </header>
      <main class="page" id="main">${keyed(location.pathname + location.search, page(this.path))}</main>`;
  }
}

customElements.define('gl-app', App);
