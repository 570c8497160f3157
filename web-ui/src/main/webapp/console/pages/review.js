import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Page, at, badge, count, counted, field, open, problemNote } from '../ui.js';

const ORDERS = [
  ['ranked', 'What a correction teaches most'],
  ['random', 'By lot, for an audit'],
  ['stratified', 'By lot, evenly over categories'],
];

/** The review queues, and the form that makes one. */
class Review extends Page {
  static properties = { queues: { state: true }, datasets: { state: true }, next: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Review – Gleaner';
    this.wanted = Number(new URLSearchParams(location.search).get('dataset')) || null;
    this.attempt(async () => {
      const [page, datasets] = await Promise.all([api('review-queues'), all('datasets')]);
      this.datasets = datasets.filter((dataset) => dataset.status === 'READY').reverse();
      this.queues = page.items;
      this.next = page.next;
    });
  }

  async more() {
    const page = await this.attempt(() => api(`review-queues?after=${this.next}`));
    if (page) {
      this.queues = [...this.queues, ...page.items];
      this.next = page.next;
    }
  }

  create(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const dataset = Number(form.get('dataset'));
    const name = form.get('name').trim() || `${this.datasets.find((one) => one.id === dataset)?.name}, ${at(new Date())}`;
    this.attempt(async () => {
      const queue = await api('review-queues', { json: {
        name, dataset, order: form.get('order'), limit: Number(form.get('limit')), checks: Number(form.get('checks')) / 100,
      } });
      open(`/review/${queue.id}`);
    });
  }

  render() {
    if (!this.queues) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="row spread"><div class="stack tight"><h1>Review</h1>
        <p class="quiet">A queue hands out images whose proposals wait for a human. Nobody else gets what you hold.</p></div>
        <div class="row"><a class="button" href="/gallery${this.wanted ? `?dataset=${this.wanted}` : ''}">Gallery</a><a class="button" href="/quality${this.wanted ? `?dataset=${this.wanted}` : ''}">Quality</a></div></header>
      ${problemNote(this.problem)}
      ${this.datasets.length === 0 ? html`<section class="card empty"><h2>No dataset yet</h2><p>Register one and label it; then its proposals can be reviewed.</p>
        <a class="button primary" href="/datasets/new">Add a dataset</a></section>` : this.form()}
      ${this.queues.length === 0 ? html`<section class="card empty"><h2>No queue yet</h2><p>Choose a dataset with proposals above and start.</p></section>` : this.table()}`;
  }

  form() {
    const error = (name) => ({ error: this.problem?.of?.(name) });
    return html`<form class="card row spread upper" @submit=${this.create}>
      ${field('Dataset', html`<select name="dataset" required>${this.datasets.map(({ id, name }) => html`<option value=${id} ?selected=${id === this.wanted}>${name}</option>`)}</select>`, error('dataset'))}
      ${field('Order', html`<select name="order">${ORDERS.map(([value, label]) => html`<option value=${value}>${label}</option>`)}</select>`, error('order'))}
      ${field('Images', html`<input class="short" type="number" name="limit" value="500" min="1" max="20000" required>`, error('limit'))}
      ${field('Checks, %', html`<input class="short" type="number" name="checks" value="0" min="0" max="15" required>`, error('checks'))}
      ${field('Name', html`<input type="text" name="name" placeholder="the dataset and today" maxlength="200">`, error('name'))}
      <button class="button primary base" ?disabled=${this.busy}>Start reviewing</button>
    </form>`;
  }

  table() {
    const names = new Map(this.datasets.map(({ id, name }) => [id, name]));
    return html`<section class="card flush"><div class="scroll"><table>
      <thead><tr><th>Queue</th><th>Dataset</th><th>Status</th><th class="number">Open</th><th class="number">Held</th><th class="number">Decided</th><th class="number">Skipped</th><th>Made</th><th></th></tr></thead>
      <tbody>${this.queues.map((queue) => html`<tr>
        <td class="name"><a href="/review/${queue.id}">${queue.name}</a></td>
        <td>${names.get(queue.dataset) ?? `dataset ${queue.dataset}`}</td>
        <td>${badge(queue.status)}</td>
        <td class="number">${count(queue.counts.open)}</td><td class="number">${count(queue.counts.claimed)}</td>
        <td class="number">${count(queue.counts.done)}</td><td class="number">${count(queue.counts.skipped)}</td>
        <td>${at(queue.createdAt)}</td>
        <td>${queue.status === 'OPEN' && queue.counts.open + queue.counts.claimed > 0
          ? html`<a class="button" href="/review/${queue.id}" aria-label="Review ${queue.name}">Review</a>` : html`<span class="quiet small">${counted(queue.items, 'item')}</span>`}</td>
      </tr>`)}</tbody></table></div>
      ${this.next ? html`<div class="body"><button class="button" ?disabled=${this.busy} @click=${this.more}>Load more</button></div>` : nothing}
    </section>`;
  }
}

customElements.define('gl-review', Review);
