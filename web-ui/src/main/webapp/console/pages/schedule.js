import { html, nothing } from 'lit';
import { all, api } from '../api.js';
import { Page, at, counted, decimal, field, problemNote } from '../ui.js';

const AGAIN_MILLIS = 10_000;
const OUTCOMES = { NOT_DUE: ['', 'not due'], PAUSED: ['warn', 'paused'], WAITING: ['info', 'waiting'], ORDERED: ['good', 'round ordered'], REFUSED: ['bad', 'order refused'] };
/** Times that people choose most: the expression and what it says. */
const TIMES = [['0 3 * * *', 'Every night at 3'], ['0 3 * * 1-5', 'Nights before a working day, at 3'], ['0 3 * * 6', 'Every Saturday at 3'], ['0 3 1 * *', 'Every first of a month at 3']];
/** Triggers: name, what is counted, what it means, what is proposed, least, step. */
const TRIGGERS = [
  ['reviewedBoxes', 'reviewed boxes', 'Boxes that reviewers decided about since the last round was ordered; an image that is found empty counts as one.', '200', 1, 1],
  ['newImages', 'new images', 'Images that came in datasets without boxes since then, for the teacher to label.', '500', 1, 1],
  ['drift', 'drift of scores', 'How far the champion’s scores moved between its labeling runs before and after the last round (population stability index); 0.25 is a considerable shift.', '0.25', 0.01, 0.01],
];

/** When the rounds of a project begin by themselves: how that stands, and a form to set it. */
class Schedule extends Page {
  static properties = { project: { type: Number }, schedule: { state: true }, editing: { state: true }, datasets: { state: true }, form: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  updated(changed) {
    if (changed.has('project') && changed.get('project') !== undefined) {
      this.schedule = undefined;
      this.editing = false;
      this.load();
    }
  }

  get path() {
    return `projects/${this.project}/round-schedule`;
  }

  /** Looks without disturbing what somebody fills in. */
  async load() {
    clearTimeout(this.timer);
    const { project } = this;
    try {
      const schedule = await api(this.path);
      if (project === this.project) {
        this.schedule = schedule;
      }
    } catch (problem) {
      if (project === this.project && this.schedule === undefined) {
        this.problem = problem;
      }
    }
    if (this.isConnected) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.load(), AGAIN_MILLIS);
    }
  }

  async act(work) {
    const done = await this.attempt(work);
    if (done !== undefined) {
      this.schedule = done;
      this.editing = false;
      this.load();
    }
  }

  async edit() {
    const datasets = await this.attempt(() => all('datasets'));
    if (!datasets) {
      return;
    }
    const { schedule } = this;
    this.datasets = datasets.filter((dataset) => dataset.status === 'READY' && dataset.project === this.project);
    const preferred = this.datasets.find(({ annotations }) => annotations > 0) ?? this.datasets[0];
    this.form = {
      timed: schedule ? Boolean(schedule.cron) : true, cron: schedule?.cron ?? TIMES[0][0],
      zone: schedule?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC',
      triggers: Object.fromEntries(TRIGGERS.map(([name]) => [name, schedule?.triggers[name] == null ? '' : String(schedule.triggers[name])])),
      dataset: schedule?.round.dataset ?? preferred?.id, promote: schedule?.round.promote ?? true,
    };
    this.editing = true;
  }

  change(more) {
    this.form = { ...this.form, ...more };
  }

  save(event) {
    event.preventDefault();
    const { timed, cron, zone, triggers, dataset, promote } = this.form;
    const wanted = Object.fromEntries(Object.entries(triggers).filter(([, text]) => text !== '').map(([name, text]) => [name, Number(text)]));
    this.act(() => api(this.path, { method: 'PUT', json: {
      ...(timed ? { cron } : {}), zone, triggers: wanted, round: { ...this.schedule?.round, dataset, promote },
      ...(this.schedule ? { revision: this.schedule.revision } : {}),
    } }));
  }

  remove() {
    if (window.confirm('Remove the schedule? Rounds that it ordered stay.')) {
      this.act(async () => {
        await api(this.path, { method: 'DELETE' });
        return null;
      });
    }
  }

  render() {
    if (this.schedule === undefined) {
      return problemNote(this.problem);
    }
    return html`<section class="card stack" id="schedule" aria-labelledby="schedule-title">
      <div class="row spread"><h2 id="schedule-title">Schedule</h2>${this.editing ? nothing : this.buttons()}</div>
      ${problemNote(this.problem)}
      ${this.editing ? this.editor() : this.schedule ? this.standing() : html`<p class="quiet">Rounds begin when somebody orders them. They can also begin by themselves: by the clock, or when enough came in.</p>`}
    </section>`;
  }

  buttons() {
    const { schedule } = this;
    return html`<div class="row">
      ${schedule ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.act(() => api(`${this.path}/${schedule.paused ? 'resume' : 'pause'}`, { method: 'POST' }))}>${schedule.paused ? 'Resume' : 'Pause'}</button>` : nothing}
      <button class="button" ?disabled=${this.busy} @click=${this.edit}>${schedule ? 'Change' : 'Set a schedule'}</button>
      ${schedule ? html`<button class="button plain" ?disabled=${this.busy} @click=${this.remove}>Remove</button>` : nothing}</div>`;
  }

  standing() {
    const { schedule } = this;
    const [look, words] = OUTCOMES[schedule.decision.outcome];
    return html`
      <p><span class="badge ${look}">${words}</span> <span id="schedule-reason">${schedule.decision.reason}</span> <span class="quiet small">since ${at(schedule.decision.since)}</span></p>
      <dl class="facts plain">
        ${schedule.cron ? html`<div><dt>By the clock</dt><dd>${inWords(schedule.cron)} <span class="quiet small">${schedule.zone}</span></dd></div>
          <div><dt>Next time</dt><dd>${at(schedule.nextDue)}</dd></div>` : nothing}
        ${TRIGGERS.filter(([name]) => schedule.triggers[name] != null).map(([name, what]) => this.trigger(name, what))}
        <div><dt>Last round by it</dt><dd>${schedule.lastRound ? html`<a href="/rounds/${schedule.lastRound}">round ${schedule.lastRound}</a>` : '–'}</dd></div>
        <div><dt>Set by</dt><dd>${schedule.setBy}</dd></div>
      </dl>`;
  }

  trigger(name, what) {
    const wanted = this.schedule.triggers[name];
    const { counted: seen } = this.schedule;
    const have = name === 'drift' ? seen.drift?.index : seen[name];
    return html`<div><dt>${what[0].toUpperCase()}${what.slice(1)}</dt><dd>${have == null ? html`<span class="quiet">nothing to compare yet, of ${decimal(wanted)}</span>`
      : html`${decimal(have)} of ${decimal(wanted)} <progress aria-label=${what} max=${wanted} .value=${Math.min(have, wanted)}></progress>`}</dd></div>`;
  }

  editor() {
    const { form } = this;
    const wrong = (name) => this.problem?.of?.(name);
    if (this.datasets.length === 0) {
      return html`<p>A round needs a dataset of this project. <a href="/datasets/new">Register one</a></p>`;
    }
    const known = TIMES.some(([cron]) => cron === form.cron);
    return html`<form class="form wide" @submit=${this.save}>
      <fieldset><legend>By the clock</legend>
        <label class="row"><input type="checkbox" name="timed" .checked=${form.timed} @change=${(event) => this.change({ timed: event.target.checked })}> <span>Rounds begin at times</span></label>
        ${form.timed ? html`<div class="columns narrow">
          ${field('Times', html`<select name="times" @change=${(event) => this.change({ cron: event.target.value })}>
            ${TIMES.map(([cron, title]) => html`<option value=${cron} ?selected=${cron === form.cron}>${title}</option>`)}
            <option value=${known ? '' : form.cron} ?selected=${!known}>By an expression of my own</option></select>`)}
          ${field('Cron expression', html`<input type="text" name="cron" required .value=${form.cron} @input=${(event) => this.change({ cron: event.target.value })}>`,
            { error: wrong('cron'), hint: 'Minute, hour, day of the month, month, day of the week; at least an hour apart.' })}
          ${field('Time zone', html`<input type="text" name="zone" required list="zones" .value=${form.zone} @input=${(event) => this.change({ zone: event.target.value })}>
            <datalist id="zones">${zones().map((zone) => html`<option value=${zone}></option>`)}</datalist>`, { error: wrong('zone') })}</div>` : nothing}
      </fieldset>
      <fieldset><legend>When enough came in</legend><p class="quiet small">Each that is filled in makes a round due by itself.</p>
        <div class="columns narrow">${TRIGGERS.map(([name, what, hint, proposed, least, step]) => field(`At least so many ${what}`.replace('so many drift', 'such a drift'), html`<input type="number" name=${name} min=${least} step=${step} placeholder="such as ${proposed}" .value=${form.triggers[name]}
          @input=${(event) => this.change({ triggers: { ...form.triggers, [name]: event.target.value } })}>`, { hint, error: wrong(`triggers.${name}`) }))}</div></fieldset>
      <fieldset><legend>Each round</legend><div class="columns narrow">
        ${field('Dataset with gold', html`<select name="dataset" @change=${(event) => this.change({ dataset: this.datasets[event.target.selectedIndex].id })}>
          ${this.datasets.map((dataset) => html`<option value=${dataset.id} ?selected=${dataset.id === form.dataset}>${dataset.name} (${counted(dataset.images, 'image')})</option>`)}</select>`,
          { error: wrong('round'), hint: 'The champion of that day teaches; it labels all datasets of the project that came without boxes.' })}</div>
        <label class="row"><input type="checkbox" name="promote" .checked=${form.promote} @change=${(event) => this.change({ promote: event.target.checked })}> <span>A student that passes the gate becomes the champion at once</span></label>
        <p class="quiet small">${this.schedule ? 'Settings of the round that are not shown here stay as they are.' : 'Otherwise it goes as an order with all defaults does.'}</p></fieldset>
      <div class="row"><button class="button primary" ?disabled=${this.busy}>Save the schedule</button>
        <button type="button" class="button plain" @click=${() => { this.editing = false; this.problem = null; }}>Cancel</button></div>
    </form>`;
  }
}

const inWords = (cron) => TIMES.find(([known]) => known === cron)?.[1] ?? html`<code>${cron}</code>`;
const zones = () => ['UTC', ...(Intl.supportedValuesOf?.('timeZone') ?? [])];

customElements.define('gl-schedule', Schedule);
