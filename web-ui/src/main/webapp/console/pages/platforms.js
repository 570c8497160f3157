import { html, nothing } from 'lit';
import { api } from '../api.js';
import { Page, at, count, counted, field, problemNote } from '../ui.js';

const AGAIN_MILLIS = 5000;
/** What is to be done about tasks, in the order in which it happens. */
const STATES = [['FETCHING', 'images to fetch'], ['KNOWN', 'here'], ['DEFERRED', 'to be labeled or sent'], ['SENDING', 'being sent'], ['SENT', 'sent'], ['FAILED', 'given up']];

/** The projects of labeling platforms that work with this server, and what to enter in Label Studio. */
class Platforms extends Page {
  static properties = {
    projects: { state: true }, platforms: { state: true }, platform: { state: true }, connections: { state: true }, project: { state: true }, said: { state: true },
  };

  connectedCallback() {
    super.connectedCallback();
    document.title = 'Platforms – Gleaner';
    this.attempt(async () => {
      const { items } = await api('projects');
      this.projects = items;
      this.platforms = (await api('platforms')).items;
      this.platform = this.platforms.find(({ name }) => name === 'label-studio') ?? this.platforms[0];
      this.project = items.find(({ name }) => name === 'default')?.name ?? items[0]?.name;
      await this.load();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  async load() {
    clearTimeout(this.timer);
    try {
      this.connections = (await api('platform-connections')).items;
    } catch (problem) {
      if (!this.connections) {
        this.problem = problem;
      }
    }
    if (this.isConnected) {
      this.timer = setTimeout(() => this.load(), AGAIN_MILLIS);
    }
  }

  async act(said, work) {
    this.said = null;
    const done = await this.attempt(work);
    if (done !== undefined) {
      this.said = said(done);
      await this.updateComplete;
      // The form is long: what it did is told, and shown, above.
      this.querySelector('[role=status]')?.scrollIntoView({ block: 'nearest' });
      await this.load();
    }
  }

  connect(event) {
    event.preventDefault();
    const target = event.target;
    const form = new FormData(target);
    this.act((one) => `“${name(one)}” is connected. Import its tasks next.`, async () => {
      const connected = await api('platform-connections', { json: {
        platform: this.platform.name, project: form.get('project'), url: given(form, 'url'), token: given(form, 'token'), remote: given(form, 'remote'),
        secret: given(form, 'secret'),
      } });
      target.reset();
      return connected;
    });
  }

  importTasks(one) {
    this.act(({ tasks }) => `${counted(tasks, 'task')} found. The images are fetched now.`, () => api(`platform-connections/${one.id}/import`, { method: 'POST' }));
  }

  push(one) {
    this.act(({ tasks }) => `The proposals of ${counted(tasks, 'task')} are sent where they are new or changed.`, () => api(`platform-connections/${one.id}/push`, { method: 'POST' }));
  }

  pull(one) {
    this.act(() => `What people decided in ${name(one)} is looked through now.`, async () => (await api(`platform-connections/${one.id}/pull`, { method: 'POST' })) ?? true);
  }

  forget(one) {
    if (window.confirm(`Forget ${name(one)}? Its dataset and all decisions stay.`)) {
      this.act(() => `${name(one)} is forgotten.`, async () => (await api(`platform-connections/${one.id}`, { method: 'DELETE' })) ?? true);
    }
  }

  render() {
    if (!this.connections) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    return html`
      <header class="stack tight"><h1>Platforms</h1>
        <p class="quiet">Label Studio and CVAT can ask this server for proposals. What people decide there comes back as reviews.
        Other programs can be told of what happens here: <a href="/platforms/events">events</a>.</p></header>
      ${problemNote(this.problem)}
      <div role="status">${this.said ? html`<p class="note">${this.said}</p>` : nothing}</div>
      ${this.connections.length === 0 ? html`<section class="card empty"><h2>No project of a labeling platform yet</h2>
        <p>Add this server as a model in Label Studio, or connect a project by its address, both below. It appears here at its first call.</p></section>` : this.table()}
      <div class="columns">${this.address()}${this.form()}</div>`;
  }

  table() {
    return html`<section class="card flush" id="connections"><div class="scroll"><table>
      <thead><tr><th>Project there</th><th>Tasks</th><th>What happened last</th><th></th></tr></thead>
      <tbody>${this.connections.map((one) => html`<tr>
        <td class="name">${name(one)}<div class="quiet small">${this.titleOf(one)}, ${one.url ?? 'address unknown'}</div>
          ${one.hasSecret ? html`<div class="quiet small">takes events at /platform-events/${one.platform}/${one.id}</div>` : nothing}
          <div class="small">in ${this.projects.find(({ id }) => id === one.project)?.name ?? `project ${one.project}`}${one.dataset ? html`, <a href="/datasets/${one.dataset}">dataset</a>` : nothing}</div></td>
        <td>${STATES.filter(([state]) => one.tasks[state]).map(([state, label]) => html`<div class="nowrap">${count(one.tasks[state])} ${label}</div>`)}
          ${Object.keys(one.tasks).length === 0 ? html`<span class="quiet">none yet</span>` : nothing}</td>
        <td>${one.lastEvent ?? '–'}<div class="quiet small">${at(one.lastEventAt)}</div>
          ${one.error ? html`<div class="small"><span class="badge bad">does not work</span> ${one.error}</div>` : nothing}</td>
        <td><div class="row">
          ${one.hasToken ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.importTasks(one)} aria-label="Import tasks of ${name(one)}">Import tasks</button>
            <button class="button" ?disabled=${this.busy || !one.dataset} @click=${() => this.push(one)} aria-label="Push proposals to ${name(one)}">Push proposals</button>
            <button class="button" ?disabled=${this.busy} @click=${() => this.pull(one)} aria-label="Pull decisions from ${name(one)}">Pull decisions</button>` : nothing}
          <button class="button plain" ?disabled=${this.busy} @click=${() => this.forget(one)} aria-label="Forget ${name(one)}">Forget</button></div></td>
      </tr>`)}</tbody></table></div></section>`;
  }

  address() {
    const base = `${location.origin}/ml${this.project === 'default' ? '' : `/${encodeURIComponent(this.project)}`}`;
    const withToken = `${location.origin}/ml/${encodeURIComponent(this.project)}/TOKEN`;
    return html`<section class="card stack"><h2>Add this server to Label Studio</h2>
      <p class="quiet">In the project’s settings, under Model, choose Connect Model and enter:</p>
      ${field('Project here', html`<select name="owner" @change=${(event) => { this.project = event.target.value; }}>
        ${this.projects.map((one) => html`<option value=${one.name} ?selected=${one.name === this.project}>${one.name}</option>`)}</select>`, { hint: 'Its champion labels.' })}
      <dl class="stack tight" id="addresses">
        <dt>Backend URL, so that decisions come back as well</dt><dd><code>${withToken}</code></dd>
        <dt>or, for proposals only, with basic authentication</dt><dd><code>${base}</code></dd>
      </dl>
      <p class="small quiet">TOKEN is a token of this server, an engineer’s if this server shall fetch images that were uploaded to Label Studio without a
        connection below; with basic authentication it is the password, and the user name does not matter. Label Studio’s events carry no
        credentials, so only the first address brings decisions back. Switch on interactive preannotations to get help with a drawn box or a typed prompt.</p>
      <p class="small quiet">Label Studio refuses backends on private addresses unless it runs with <code>ML_BLOCK_LOCAL_IP=false</code> and <code>SSRF_PROTECTION_ENABLED=false</code>.</p>
    </section>`;
  }

  titleOf({ platform }) {
    return this.platforms.find(({ name }) => name === platform)?.title ?? platform;
  }

  form() {
    const asked = this.platform;
    const error = (of) => ({ error: this.problem?.of?.(of) });
    return html`<form class="card stack" id="connect" @submit=${this.connect}><h2>Connect a project by its address</h2>
      <p class="quiet">Then its tasks become a dataset here, runs label it, and the proposals are sent there in bulk.</p>
      ${field('Platform', html`<select name="platform" @change=${(event) => { this.platform = this.platforms.find((one) => one.name === event.target.value); }}>
        ${this.platforms.map((one) => html`<option value=${one.name} ?selected=${one === asked}>${one.title}</option>`)}</select>`, error('platform'))}
      ${asked.url ? field('Address', html`<input type="url" name="url" required>`, { hint: sentence(asked.url), ...error('url') }) : nothing}
      ${asked.remote ? field('Project there', html`<input type="text" name="remote" required autocomplete="off">`,
        { hint: sentence(asked.remote), error: this.problem?.of?.('remote') ?? this.problem?.of?.('number') }) : nothing}
      ${asked.token ? field('Token', html`<input type="password" name="token" required autocomplete="off">`,
        { hint: `${sentence(asked.token)}. Kept encrypted, and sent to this address only.`, ...error('token') }) : nothing}
      ${asked.secret ? field('Secret, to have events taken', html`<input type="password" name="secret" autocomplete="off">`,
        { hint: `${sentence(asked.secret)}. Its webhook calls ${location.origin}/platform-events/${asked.name}/ID, with the id of the connection.`, ...error('secret') }) : nothing}
      ${field('Project here', html`<select name="project">${this.projects.map((one) => html`<option value=${one.name}>${one.name}</option>`)}</select>`, error('project'))}
      <div><button class="button primary" ?disabled=${this.busy}>Connect</button></div>
    </form>`;
  }
}

const name = (one) => one.title ?? `Project ${one.identity.replace(/\.[^.]*$/, '')}`;
const given = (form, field) => form.get(field)?.trim() || undefined;
const sentence = (words) => words[0].toUpperCase() + words.slice(1);

customElements.define('gl-platforms', Platforms);
