import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Page, at, badge, change, count, points, problemNote } from '../ui.js';
import { phaseName } from './round.js';
import './schedule.js';

const AGAIN_MILLIS = 3000;
const PAGE = 50;

/** The self-training rounds of all projects or one of them, newest first. */
class Rounds extends Page {
  static properties = { rounds: { state: true }, projects: { state: true }, project: { state: true }, names: { state: true }, next: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Rounds – Gleaner';
    this.project = new URLSearchParams(location.search).get('project') ?? '';
    this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  path(limit) {
    return `training-rounds?limit=${limit}${this.project ? `&project=${this.project}` : ''}`;
  }

  async load() {
    clearTimeout(this.timer);
    const { project } = this;
    await this.attempt(async () => {
      const [page, projects, datasets, models] = await Promise.all([
        api(this.path(Math.min(500, Math.max(PAGE, this.rounds?.length ?? 0)))), api('projects'), all('datasets'), all('model-versions')]);
      if (project === this.project) {
        this.rounds = page.items;
        this.next = page.next;
        this.projects = projects.items;
        this.names = { dataset: nameById(datasets), model: nameById(models), project: nameById(projects.items) };
      }
    });
    if (this.isConnected && (this.problem || this.rounds?.some(isActive))) {
      this.timer = setTimeout(() => this.load(), AGAIN_MILLIS);
    }
  }

  async more() {
    const page = await this.attempt(() => api(`${this.path(PAGE)}&after=${this.next}`));
    if (page) {
      this.rounds = [...this.rounds, ...page.items];
      this.next = page.next;
    }
  }

  choose(project) {
    this.project = project;
    history.replaceState(null, '', project ? `/rounds?project=${project}` : '/rounds');
    this.load();
  }

  /** The project whose schedule is shown: the one that is chosen, or the only one. */
  get scheduled() {
    return this.project ? Number(this.project) : this.projects.length === 1 ? this.projects[0].id : null;
  }

  render() {
    if (!this.names) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="row spread">
        <div class="stack tight"><h1>Self-training rounds</h1>
          <p class="quiet">The champion labels images that nobody has labelled; a student learns from the best of these boxes and from gold, and takes the champion’s place only if it is better beyond doubt.</p></div>
        <div class="row">
          ${this.projects.length > 1 ? html`<label class="inline"><span>Project</span><select name="project" @change=${(event) => this.choose(event.target.value)}>
            <option value="" ?selected=${!this.project}>All</option>
            ${this.projects.map(({ id, name }) => html`<option value=${id} ?selected=${String(id) === this.project}>${name}</option>`)}</select></label>` : nothing}
          <a class="button primary" href="/rounds/new">New round</a></div>
      </header>
      ${problemNote(this.problem)}
      ${this.scheduled ? html`<gl-schedule .project=${this.scheduled}></gl-schedule>` : nothing}
      ${this.rounds.length === 0 ? html`<section class="card empty"><h2>No round yet</h2>
          <p>A round needs a dataset with some gold, which it is measured by, images without boxes, and a model to begin with.</p>
          <a class="button" href="/rounds/new">New round</a></section>` : this.table()}`;
  }

  table() {
    const selected = (round) => round.selection.reduce((sum, row) => sum + row.selected, 0);
    return html`<section class="card flush"><div class="scroll"><table>
      <caption class="visually-hidden">Rounds, newest first</caption>
      <thead><tr><th>Round</th><th>Status</th><th>Dataset</th><th>Champion</th><th class="number">Boxes selected</th>
        <th>AP before and after</th><th>Gate</th></tr></thead>
      <tbody>${this.rounds.map((round) => html`<tr>
        <td class="name"><a href="/rounds/${round.id}">${round.name}</a><br><span class="quiet small">${at(round.createdAt)}</span></td>
        <td>${badge(round.status)}${isActive(round) ? html` <span class="quiet small">${phaseName(round.phase)}</span>` : nothing}</td>
        <td>${this.names.dataset.get(round.dataset) ?? `dataset ${round.dataset}`}</td>
        <td>${this.names.model.get(round.champion) ?? `model ${round.champion}`}</td>
        <td class="number">${round.selection.length ? count(selected(round)) : '–'}</td>
        <td class="nowrap">${round.comparison ? html`${points(round.comparison.before)} → <strong>${points(round.comparison.after)}</strong> <span class="quiet small">${change(round.comparison.after - round.comparison.before)}</span>` : '–'}</td>
        <td>${round.decision ? badge(round.decision) : '–'}</td>
      </tr>`)}</tbody>
    </table></div>
    ${this.next ? html`<div class="body"><button class="button" ?disabled=${this.busy} @click=${this.more}>Load more</button></div>` : nothing}
    </section>`;
  }
}

const nameById = (things) => new Map(things.map(({ id, name }) => [id, name]));
const isActive = ({ status }) => status === 'STARTING' || status === 'RUNNING';

customElements.define('gl-rounds', Rounds);
