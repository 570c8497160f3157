import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Page, at, badge, count, counted, problemNote } from '../ui.js';
import './new-queue.js';
import { filterText } from './queue-items.js';

/** The review queues, below the form that makes one. */
class Review extends Page {
  static properties = { queues: { state: true }, datasets: { state: true }, projects: { state: true }, next: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Review – Gleaner';
    this.attempt(async () => {
      const [page, datasets, projects] = await Promise.all([api('review-queues'), all('datasets'), api('projects')]);
      this.projects = projects.items;
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
        <a class="button primary" href="/datasets/new">Add a dataset</a></section>` : html`<gl-new-queue .datasets=${this.datasets} .projects=${this.projects}></gl-new-queue>`}
      ${this.queues.length === 0 ? html`<section class="card empty"><h2>No queue yet</h2><p>Choose a dataset with proposals above and start.</p></section>` : this.table()}`;
  }

  table() {
    const names = new Map(this.datasets.map(({ id, name }) => [id, name]));
    const projects = new Map(this.projects.map(({ id, name }) => [id, name]));
    const source = ({ dataset, project }) => (dataset ? names.get(dataset) ?? `dataset ${dataset}` : html`all of <em>${projects.get(project) ?? `project ${project}`}</em>`);
    return html`<section class="card flush"><div class="scroll"><table>
      <thead><tr><th>Queue</th><th>Dataset</th><th>Status</th><th class="number">Open</th><th class="number">Held</th><th class="number">Decided</th><th class="number">Skipped</th><th>Made</th><th></th></tr></thead>
      <tbody>${this.queues.map((queue) => html`<tr>
        <td class="name"><a href="/review/${queue.id}/items">${queue.name}</a><br><span class="quiet small">${queue.order}; ${filterText(queue)}</span></td>
        <td>${source(queue)}</td>
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
