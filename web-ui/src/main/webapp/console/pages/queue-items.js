import { html, nothing } from 'lit';
import { api } from '../api.js';
import { Page, at, badge, count, counted, decimal, problemNote } from '../ui.js';

const PAGE = 50;
const FILTERS = [['', 'All'], ['OPEN', 'Open'], ['CLAIMED', 'Held'], ['DONE', 'Decided'], ['SKIPPED', 'Skipped']];

/** The items of a review queue in their order, with the reason for the place of each. */
class QueueItems extends Page {
  static properties = { queue: { attribute: false }, shown: { state: true }, source: { state: true }, items: { state: true }, next: { state: true }, filter: { state: true } };

  constructor() {
    super();
    this.items = [];
    this.filter = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(async () => {
      this.shown = await api(`review-queues/${this.queue}`);
      const { dataset, project } = this.shown;
      this.source = dataset ? html`<a href="/datasets/${dataset}">${(await api(`datasets/${dataset}`)).name}</a>` : `all datasets of ${(await api(`projects/${project}`)).name}`;
      document.title = `Items of ${this.shown.name} – Gleaner`;
      await this.more();
    });
  }

  async more() {
    const { filter } = this;
    const page = await api(`review-queues/${this.queue}/items?limit=${PAGE}&after=${this.next ?? 0}${filter ? `&status=${filter}` : ''}`);
    if (filter === this.filter) {
      this.items = [...this.items, ...page.items];
      this.next = page.next;
    }
  }

  choose(filter) {
    Object.assign(this, { filter, items: [], next: undefined });
    this.attempt(() => this.more());
  }

  close() {
    this.attempt(async () => { this.shown = await api(`review-queues/${this.queue}/close`, { method: 'POST' }); });
  }

  render() {
    if (!this.shown) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const { name, status, counts, checks, consensus, consensusShare, order, createdBy, createdAt } = this.shown;
    return html`
      <header class="row spread">
        <div class="stack tight"><p class="crumbs"><a href="/review">Review</a> / Items</p><div class="row"><h1>${name}</h1>${badge(status)}</div></div>
        ${status === 'OPEN' ? html`<div class="row"><button class="button" ?disabled=${this.busy} @click=${this.close}>Close the queue</button>
          <a class="button primary" href="/review/${this.queue}">Review</a></div>` : nothing}
      </header>
      ${problemNote(this.problem)}
      <section class="card"><dl class="facts plain">
        <div><dt>Images of</dt><dd>${this.source}</dd></div>
        <div><dt>Order</dt><dd>${order}</dd></div>
        <div><dt>Asks about</dt><dd>${filterText(this.shown)}</dd></div>
        <div><dt>Checks</dt><dd>${decimal(checks * 100)}%</dd></div>
        <div><dt>Second opinions</dt><dd>${consensus > 1 ? `${consensus} reviewers of ${decimal(consensusShare * 100)}%` : 'none'}</dd></div>
        <div><dt>Decided</dt><dd>${count(counts.done)} of ${counted(this.shown.items, 'item')}</dd></div>
        <div><dt>Made by</dt><dd>${createdBy}, ${at(createdAt)}</dd></div>
      </dl></section>
      <section class="card flush">
        <header class="row spread"><h2>In this order</h2><div class="tabs" role="group" aria-label="Show items that are">${FILTERS.map(([value, label]) => html`
          <button aria-pressed=${this.filter === value} @click=${() => this.choose(value)}>${label}</button>`)}</div></header>
        ${this.items.length === 0 && !this.busy ? html`<p class="empty">No item is in this state.</p>` : html`<div class="scroll"><table>
          <thead><tr><th class="number">Place</th><th>Image</th><th>Why it is here</th><th>Status</th><th>Reviewer</th><th>Decided</th></tr></thead>
          <tbody>${this.items.map((item) => html`<tr data-item=${item.id}>
            <td class="number">${count(item.place)}</td>
            <td><a href="/images/${item.image}" aria-label="Image ${item.image}"><img class="thumb" src="/api/images/${item.image}/thumbnail" alt="" loading="lazy"></a></td>
            <td class="reason">${item.reason}${item.skipReason ? html`<br><span class="quiet small">Skipped: ${item.skipReason}</span>` : nothing}
              ${item.comment ? html`<br><span class="small comment">“${item.comment}”</span>` : nothing}</td>
            <td>${badge(item.status === 'CLAIMED' ? 'HELD' : item.status)}</td>
            <td>${item.reviewer ?? '–'}</td><td class="nowrap">${at(item.decidedAt)}</td></tr>`)}</tbody></table></div>`}
        ${this.next ? html`<div class="body"><button class="button" ?disabled=${this.busy} @click=${() => this.attempt(() => this.more())}>Load more</button></div>` : nothing}
      </section>`;
  }
}

/** Which proposals a queue asks about, in words. */
export function filterText({ filter }) {
  const { categories, scores, sizes, modelVersion, run, round } = filter ?? {};
  return [categories?.join(', '), scores && `score ${scores[0]} to ${scores[1]}`, sizes?.join(' and '), round ? `round ${round}` : modelVersion && `model version ${modelVersion}`,
    run && `run ${run}`].filter(Boolean).join('; ') || 'all proposals';
}

customElements.define('gl-queue-items', QueueItems);
