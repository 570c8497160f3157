import { html, nothing } from 'lit';
import { all, api, followRun } from '../api.js';
import '../gl-boxes.js';
import { lossesCard, withSteps } from '../losses.js';
import { sliceTable } from '../slices.js';
import { reasonOf, ruleInWords, thresholdInWords, titleOf } from '../strategies.js';
import { Page, at, badge, change, count, counted, decimal, duration, percent, points, problemNote, slider, tone } from '../ui.js';

const PAGE = 12;
/** Held-out images with boxes that the gate decides by at least. */
const FEWEST = 10;
const PHASES = [
  ['SNAPSHOT', 'Snapshot', 'What people have said is frozen.'], ['TEACHING', 'Teach', 'The teacher labels images.'],
  ['SELECTING', 'Select', 'The best of its boxes are chosen.'], ['TRAINING', 'Train', 'The student learns.'],
  ['EVALUATING', 'Evaluate', 'It is measured on held-out gold.'], ['GATING', 'Gate', 'The teacher looks at labels again; promoted or refused.'],
  ['REPORTING', 'Report', 'What happened is written down.'],
];
/** What the images of a round are there for. */
const ROLES = [
  ['unlabelled', 'For the teacher', 'Selected boxes are solid, dropped ones dashed. Choose an image to read why.'],
  ['gold', 'Gold to train on', 'With the boxes that people vouched for when the round began.'],
  ['held-out', 'Held out', 'With the boxes that everything is measured by. Nobody trained on them.'],
];
const VERDICTS = {
  PROMOTED: ['Promoted by the gate', 'The student is better beyond doubt, and no guarded slice surely lost more than it may. It became the champion.'],
  PASSED: ['Let through by the gate', 'The student is good enough to be promoted, but the order did not ask for that.'],
  REFUSED: ['Refused by the gate', 'The champion stays what it was.'],
};

/** A phase as people call it. */
export const phaseName = (phase) => PHASES.find(([known]) => known === phase)?.[1].toLowerCase() ?? (phase === 'QUEUED' ? 'waiting' : 'done');

/** A self-training round: how far it has come, what was selected, what came of it, and why. */
class Round extends Page {
  static properties = {
    round: { attribute: false },
    shown: { state: true }, dataset: { state: true }, base: { state: true }, candidate: { state: true }, connected: { state: true }, steps: { state: true },
    logarithmic: { state: true }, role: { state: true }, members: { state: true }, samples: { state: true }, next: { state: true }, sample: { state: true }, chosen: { state: true }, minScore: { state: true },
    quarantine: { state: true },
  };

  constructor() {
    super();
    Object.assign(this, { connected: true, steps: [], logarithmic: true, role: 'unlabelled', members: { items: [] }, samples: [], minScore: 0.3, quarantine: [] });
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(async () => {
      this.shown = await api(`training-rounds/${this.round}`);
      document.title = `${this.shown.name} – Gleaner`;
      [this.datasets, this.base] = await Promise.all([all('datasets'), api(`model-versions/${this.shown.champion}`)]);
      this.dataset = this.datasets.find(({ id }) => id === this.shown.dataset);
      this.follow();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unfollow?.();
  }

  follow() {
    this.unfollow?.();
    this.unfollow = followRun(`training-rounds/${this.round}`, (round) => this.progressed(round), (connected) => { this.connected = connected; });
  }

  progressed(round) {
    this.connected = true;
    this.steps = withSteps(this.steps, round.newSteps);
    // Boxes come without a decision while the teacher is at work; they are read again once that is there.
    const selected = round.selection.length > 0;
    const taught = round.phases.find(({ phase }) => phase === 'TEACHING')?.done ?? 0;
    const known = `${selected} ${Math.min(PAGE, taught)}`;
    if (taught > 0 && known !== this.samplesKnown) {
      this.samplesKnown = known;
      this.attempt(() => this.readSamples(false));
    }
    if (round.quarantined !== this.quarantine.length && this.quarantine.length < PAGE) {
      this.attempt(async () => { this.quarantine = (await api(`training-rounds/${this.round}/quarantine?limit=${PAGE}`)).items; });
    }
    if (round.candidate && (this.candidate?.id !== round.candidate || round.decision !== this.shown.decision)) {
      this.readCandidate(round.candidate);
    }
    this.shown = round;
  }

  async readCandidate(id) {
    this.candidate = await api(`model-versions/${id}`).catch(() => this.candidate);
  }

  /** The next page of samples; the first one when they are read afresh. */
  async readSamples(more) {
    const page = await api(`training-rounds/${this.round}/samples?limit=${PAGE}${more ? `&after=${this.next}` : ''}`);
    this.samples = more ? [...this.samples, ...page.items] : page.items;
    this.next = page.next;
  }

  choose(role) {
    this.role = role;
    this.members = { items: [] };
    if (role !== 'unlabelled') {
      this.attempt(() => this.readMembers());
    }
  }

  async readMembers() {
    const { role, members } = this;
    const page = await api(`training-rounds/${this.round}/images?role=${role}&limit=${PAGE}${members.next ? `&after=${members.next}` : ''}`);
    if (role === this.role) {
      this.members = { items: [...members.items, ...page.items], next: page.next };
    }
  }

  async command(name) {
    const round = await this.attempt(() => api(`training-rounds/${this.round}/${name}`, { method: 'POST' }));
    if (round) {
      this.shown = round;
      this.follow();
    }
  }

  async version(name) {
    await this.attempt(() => api(`model-versions/${this.candidate.id}/${name}`, { method: 'POST' }));
    await this.readCandidate(this.candidate.id);
  }

  render() {
    if (!this.shown || !this.base) {
      return this.problem ? problemNote(this.problem) : html`<p class="quiet">Reading…</p>`;
    }
    const { name, status, stopRequested, error, project } = this.shown;
    const active = isActive(this.shown);
    return html`
      <header class="row spread">
        <div class="stack tight"><p class="crumbs"><a href="/rounds?project=${project}">Rounds</a></p>
          <div class="row"><h1>${name}</h1>${badge(status)}</div>
          <p class="quiet"><a href="/models#model-${this.base.id}">${this.base.name}</a> teaches, on <a href="/datasets/${this.dataset.id}">${this.dataset.name}</a></p></div>
        <div class="row">
          ${active ? html`<button class="button" ?disabled=${this.busy || stopRequested} @click=${() => this.command('stop')}>${stopRequested ? 'Stopping…' : 'Stop'}</button>` : nothing}
          ${!active && status !== 'COMPLETED' ? html`<button class="button primary" ?disabled=${this.busy} @click=${() => this.command('restart')}>Go on where it was</button>` : nothing}
          ${status === 'COMPLETED' ? html`<a class="button" href="/rounds/new?dataset=${this.dataset.id}">Another round</a>` : nothing}
        </div>
      </header>
      ${problemNote(this.problem)}
      ${this.connected || !active ? nothing : html`<p class="note warn" role="status">The server does not answer. The round goes on where it was when it is back; this page reconnects by itself.</p>`}
      ${error ? html`<p class="note bad" role="alert"><strong>The round failed</strong><span>${error}</span></p>` : nothing}
      ${this.phases(active)}
      ${this.shown.decision ? this.decision() : nothing}
      ${this.shown.comparison ? this.comparison() : nothing}
      ${this.shown.selection.length ? this.selection() : nothing}
      ${this.shown.snapshot.sha256 ? this.gallery() : nothing}
      ${this.shown.fineTune ? lossesCard(this.steps, this.logarithmic, (logarithmic) => { this.logarithmic = logarithmic; }) : nothing}
      <div class="columns">${this.how()}${this.quarantine.length ? this.quarantineTable() : nothing}</div>`;
  }

  phases(active) {
    const { phase: current, phases, imagesPerSecond, eta, latestStep, snapshot, quarantined } = this.shown;
    const begun = new Map(phases.map((phase) => [phase.phase, phase]));
    const step = ([phase, name, does]) => {
      const known = begun.get(phase);
      const state = known?.endedAt ? 'done' : phase === current ? (active ? 'now' : 'halted') : 'ahead';
      const time = known?.endedAt ? duration((new Date(known.endedAt) - new Date(known.beganAt)) / 1000) : null;
      const said = { done: `done in ${time}`, now: 'going on', halted: this.shown.status.toLowerCase(), ahead: 'to come' }[state];
      return html`<li class=${state} data-phase=${phase} aria-current=${state === 'now' ? 'step' : nothing}>
        <strong>${name}</strong><span class="quiet small">${does}</span>
        ${known?.total ? html`<progress max=${known.total} value=${known.done ?? 0} aria-label="${name}: ${count(known.done ?? 0)} of ${count(known.total)}"></progress>
          <span class="small">${count(known.done ?? 0)} of ${count(known.total)}</span>` : nothing}
        <span class="small state">${said}</span></li>`;
    };
    return html`<section class="card stack" aria-label="Phases">
      ${current === 'QUEUED' && active ? html`<p id="waiting" role="status">Waiting for a server that has no other round at work.</p>` : nothing}
      <ol class="phases">${PHASES.map(step)}</ol>
      <dl class="facts" aria-live="off">
        <div><dt>Gold to train on</dt><dd>${counted(snapshot.gold, 'image')}</dd></div>
        <div><dt>Held out</dt><dd>${counted(snapshot.heldOut, 'image')}${snapshot.heldOut < FEWEST ? ', too few to promote by' : ''}</dd></div>
        <div><dt>For the teacher</dt><dd>${counted(snapshot.unlabelled, 'image')}${snapshot.judged ? `, and ${count(snapshot.judged)} with gold to see how right it is` : ''}</dd></div>
        ${snapshot.captioned ? html`<div><dt>Captions</dt><dd>${count(snapshot.grounded ?? 0)} of ${count(snapshot.captioned)} grounded</dd></div>` : nothing}
        ${current === 'TEACHING' && active ? html`<div><dt>Speed</dt><dd>${imagesPerSecond ? `${decimal(imagesPerSecond)} images/s` : '–'}</dd></div>
          <div><dt>Teacher done in</dt><dd>${eta ? duration((new Date(eta) - Date.now()) / 1000) : '–'}</dd></div>` : nothing}
        ${latestStep?.loss == null ? nothing : html`<div><dt>Loss</dt><dd>${decimal(latestStep.loss)}</dd></div>`}
        ${quarantined ? html`<div><dt>Unreadable images</dt><dd>${count(quarantined)}</dd></div>` : nothing}
        ${active ? nothing : html`<div><dt>Ended</dt><dd>${at(this.shown.endedAt)}</dd></div>`}
      </dl>
    </section>`;
  }

  decision() {
    const { decision, reasons, decidedAt, settings: { gate } } = this.shown;
    const [title, meaning] = VERDICTS[decision];
    return html`<section class="card stack verdict ${decision.toLowerCase()}" id="decision">
      <div class="row spread">
        <div class="stack tight"><h2>${title}</h2>
          <p>${meaning} <span class="quiet small">${at(decidedAt)}</span></p></div>
        ${this.candidate ? this.candidateActions() : nothing}
      </div>
      ${reasons.length ? html`<ul class="samples">${reasons.map((reason) => html`<li>${reason}.</li>`)}</ul>` : nothing}
      <p class="quiet small">In points of AP. The gate promotes only if the whole interval of the change on held-out gold lies above ${change(gate.margin)}, and no guarded slice loses more than ${points(gate.allowance)}${
        Object.entries(gate.allowances ?? {}).map(([slice, allowed]) => `; ${slice}: ${points(allowed)}`).join('')}.</p>
    </section>`;
  }

  candidateActions() {
    const { id, name, status } = this.candidate;
    return html`<div class="row" id="candidate">
      <a href="/models#model-${id}">${name}</a>${badge(status)}
      <a class="button" href="/models/compare?a=${this.base.id}&b=${id}&dataset=${this.dataset.id}">Compare on images</a>
      ${status === 'CHAMPION' ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.version('rollback')}>Roll back</button>`
        : status === 'REJECTED' ? nothing : html`<button class="button ${status === 'CANDIDATE' ? 'primary' : ''}" ?disabled=${this.busy} @click=${() => this.version('promote')}>Promote</button>`}
    </div>`;
  }

  comparison() {
    const { comparison, settings, before, after, guardBefore, guardAfter } = this.shown;
    const link = (evaluation, said) => (evaluation ? html`<a href="/evaluations/${evaluation.evaluation}">${said}</a>` : nothing);
    return html`<section class="card flush" id="comparison">
      <header><h2>AP before and after</h2><p class="quiet small">The champion and the student on the same images that neither was trained on, in percent.
        The dot is the change, the line its interval from resampled images, and the dashed line what the gate wants it to lie above.
        ${link(before, 'Evaluation before')} ${link(after, 'and after')}${guardBefore ? html`; on the other domain ${link(guardBefore, 'before')} ${link(guardAfter, 'and after')}` : nothing}</p></header>
      ${sliceTable(comparison, settings.gate)}
    </section>`;
  }

  selection() {
    const { selection, settings } = this.shown;
    const drops = [...settings.selection.map(({ strategy }) => strategy), 'human'].filter((name) => name !== 'human' || selection.some(({ dropped }) => dropped.human));
    const learnt = settings.selection.map(({ strategy }) => strategy).filter((name) => selection.some(({ thresholds }) => thresholds.some(({ strategy }) => strategy === name)));
    const threshold = (row, name) => row.thresholds.find(({ strategy }) => strategy === name);
    const total = (value) => count(selection.reduce((sum, row) => sum + value(row), 0));
    return html`<section class="card flush" id="selection">
      <header><h2>What was selected</h2><p class="quiet small">Of the teacher’s boxes, and how many each strategy dropped of what the one before had left.</p></header>
      <div class="scroll"><table>
        <caption class="visually-hidden">Boxes by category and strategy</caption>
        <thead><tr><th>Category</th><th class="number">Found</th>${drops.map((name) => html`<th class="number wrap">${name === 'human' ? titleOf(name) : `Dropped: ${titleOf(name).toLowerCase()}`}</th>`)}<th class="number">Selected</th>${learnt.map((name) => html`<th class="wrap">Lowest score: ${titleOf(name).toLowerCase()}</th>`)}</tr></thead>
        <tbody>${selection.map((row) => html`<tr data-category=${row.name}>
          <td class="name"><span class="row tight nowrap"><span class="swatch ${tone(row.name)}"></span>${row.name}</span></td>
          <td class="number">${count(row.found)}</td>${drops.map((name) => html`<td class="number">${count(row.dropped[name] ?? 0)}</td>`)}
          <td class="number"><strong>${count(row.selected)}</strong></td>${learnt.map((name) => html`<td class="threshold" data-strategy=${name}>${threshold(row, name) ? thresholdInWords(threshold(row, name)) : '–'}</td>`)}</tr>`)}</tbody>
        <tfoot><tr><th scope="row">All</th><td class="number">${total(({ found }) => found)}</td>${drops.map((name) => html`<td class="number">${total(({ dropped }) => dropped[name] ?? 0)}</td>`)}<td class="number">${total(({ selected }) => selected)}</td>${learnt.map(() => html`<td></td>`)}</tr></tfoot>
      </table></div>
    </section>`;
  }

  /** The teacher's boxes of a sample that are shown: all that are selected, and others from a score on; and what people said. */
  boxesOf({ boxes, gold, rejected, grounded }) {
    const teacher = boxes.map((box, index) => ({ ...box, id: index, category: box.name, note: reasonOf(box, this.shown.settings.selection),
      look: `${tone(box.name)} ${box.selected === false ? 'dropped' : ''}` }));
    const captioned = (grounded ?? []).map((box, index) => ({ ...box, id: `grounded-${index}`, category: box.phrase, look: `grounded ${box.weight ? '' : 'dropped'}`,
      note: box.weight ? 'found for a phrase of the caption' : 'found for a phrase of the caption, but not surely: nothing is learnt there' }));
    return [...captioned, ...teacher.filter((box) => box.selected || box.score >= this.minScore),
      ...decided(gold, 'vouched', 'a person vouches for it'), ...decided(rejected, 'denied', 'a reviewer rejected it')];
  }

  gallery() {
    const [, , hint] = ROLES.find(([role]) => role === this.role);
    const { snapshot } = this.shown;
    const counts = { unlabelled: snapshot.unlabelled, gold: snapshot.gold, 'held-out': snapshot.heldOut };
    return html`<section class="stack" id="samples">
      <div class="row spread"><div><h2>Images</h2><p class="quiet small">${hint}</p></div>
        <div class="tabs" role="group" aria-label="Show images that are">${ROLES.map(([role, name]) => html`
          <button aria-pressed=${this.role === role} @click=${() => this.choose(role)}>${name} (${count(counts[role])})</button>`)}</div></div>
      ${this.role === 'unlabelled' ? this.taught() : this.vouched()}
    </section>`;
  }

  /** Images of the teacher's. */
  taught() {
    const open = this.samples.find(({ image }) => image.id === this.sample);
    const counts = ({ boxes, caption }) => {
      const selected = boxes.filter((box) => box.selected).length;
      return `${this.shown.selection.length ? `${count(selected)} selected, ${count(boxes.length - selected)} dropped` : counted(boxes.length, 'box', 'boxes')}${caption ? ', caption' : ''}`;
    };
    if (this.samples.length === 0) {
      return html`<p class="card empty">${this.shown.snapshot.unlabelled ? 'The teacher has labelled none yet.' : 'There was nothing for the teacher to label: the student learns from gold alone.'}</p>`;
    }
    return html`
      <div class="least">${slider('Dropped boxes from a score of', this.minScore, (score) => { this.minScore = score; })}</div>
      ${open ? this.opened(open) : nothing}
      <ul class="grid">${this.samples.map((sample) => html`<li><button type="button" class="tile" data-image=${sample.image.id} aria-expanded=${sample === open}
          @click=${() => this.openSample(sample === open ? null : sample.image.id)}>
        <gl-boxes src="/api/images/${sample.image.id}/thumbnail" alt=${sample.image.fileName} .width=${sample.image.width} .height=${sample.image.height} .boxes=${this.boxesOf(sample)}></gl-boxes>
        <span class="caption"><span title=${sample.image.fileName}>${sample.image.fileName}</span></span><span class="caption"><span>${counts(sample)}</span></span></button></li>`)}</ul>
      ${this.next ? html`<div class="row"><button class="button" ?disabled=${this.busy} @click=${() => this.attempt(() => this.readSamples(true))}>Load more</button></div>` : nothing}`;
  }

  /** Images with gold. */
  vouched() {
    const { items, next } = this.members;
    return html`<ul class="grid">${items.map(({ image, gold, rejected }) => html`<li><a class="tile" href="/images/${image.id}" data-image=${image.id}>
        <gl-boxes src="/api/images/${image.id}/thumbnail" alt=${image.fileName} .width=${image.width} .height=${image.height}
          .boxes=${[...gold.map((box) => ({ ...box, category: box.name })), ...decided(rejected, 'denied', 'a reviewer rejected it')]}></gl-boxes>
        <span class="caption"><span title=${image.fileName}>${image.fileName}</span><span>${counted(gold.length, 'box', 'boxes')}</span></span></a></li>`)}</ul>
      ${next ? html`<div class="row"><button class="button" ?disabled=${this.busy} @click=${() => this.attempt(() => this.readMembers())}>Load more</button></div>` : nothing}`;
  }

  async openSample(id) {
    this.sample = id;
    this.chosen = null;
    await this.updateComplete;
    this.querySelector('#sample')?.scrollIntoView({ block: 'nearest' });
  }

  opened(sample) {
    const boxes = this.boxesOf(sample);
    const { image } = sample;
    return html`<section class="card" id="sample" data-image=${image.id}><div class="side wide">
      <gl-boxes large src="/api/images/${image.id}/picture" alt=${image.fileName} .width=${image.width} .height=${image.height} .boxes=${boxes}
        .chosen=${this.chosen} @choose=${(event) => { this.chosen = event.detail?.id ?? null; }}></gl-boxes>
      <div class="stack">
        <div class="row spread"><h3><a href="/images/${image.id}">${image.fileName}</a></h3><button class="button plain" @click=${() => this.openSample(null)}>Close</button></div>
        ${sample.caption ? html`<p>“${sample.caption}”</p>` : nothing}
        ${boxes.length === 0 ? html`<p class="quiet">The teacher found nothing with this score.</p>` : nothing}
        <div class="choices">${[...boxes].sort((a, b) => (b.score ?? 2) - (a.score ?? 2)).map((box) => html`
          <button type="button" aria-pressed=${box.id === this.chosen} @click=${() => { this.chosen = box.id === this.chosen ? null : box.id; }}>
            <span class="swatch ${box.look}"></span><span class="grow">${box.category}${box.score == null ? nothing : html` <span class="quiet">${percent(box.score)}</span>`}<br><span class="quiet small">${box.note}</span></span>
          </button>`)}</div>
      </div></div></section>`;
  }

  how() {
    const { settings, snapshot, prompts, fineTune, startedBy, createdAt, trigger } = this.shown;
    const { teacher, gate } = settings;
    const fact = (term, value) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
    const dataset = (wanted) => html`<a href="/datasets/${wanted}">${this.datasets.find(({ id }) => id === wanted)?.name ?? `dataset ${wanted}`}</a>`;
    return html`<section class="card stack" id="how"><h2>How it goes</h2>
      <dl class="facts plain">
        ${fact('Held out', settings.split ? `${decimal(settings.split.fraction * 100)}% of the gold, seed ${settings.split.seed}` : dataset(settings.gold))}
        ${settings.outOfDomain ? fact('Must not get worse on', dataset(settings.outOfDomain)) : nothing}
        ${fact('Images for the teacher', settings.unlabelled.length ? settings.unlabelled.map((id, index) => html`${index ? ', ' : ''}${dataset(id)}`) : 'none')}
        ${fact('Teacher', [teacher.average ? `average of ${decimal(teacher.average)}` : 'the champion', teacher.flip ? 'mirror image' : '', teacher.scales?.length ? `sizes ${teacher.scales.join(', ')}` : '', `scores from ${decimal(teacher.least)}`].filter(Boolean).join(', '))}
        <div class="across"><dt>Selection</dt><dd>${settings.selection.length ? settings.selection.map((rule, index) => html`${index ? ', then ' : ''}${ruleInWords(rule)}`) : 'Every box.'}</dd></div>
        ${fact('Weight of a selected box', decimal(settings.pseudoWeight))}
        ${fact('Rejected boxes', settings.rejected === 'ignore' ? 'nothing is learnt there' : 'hard negatives')}
        ${settings.captions ? fact('Captions', `take part, boxes of their phrases from ${decimal(teacher.grounds)}`) : nothing}
        ${fact('Gate', `margin ${points(gate.margin)}, allowance ${points(gate.allowance)}, ${settings.promote ? 'promotes' : 'does not promote'}`)}
        ${snapshot.sha256 ? fact('Data', html`<code title=${snapshot.sha256}>${snapshot.sha256.slice(0, 12)}</code>, ${counted(snapshot.goldBoxes, 'box', 'boxes')} of gold`) : nothing}
        ${fineTune ? fact('Training', html`<a href="/train/${fineTune}">Fine-tune ${fineTune}</a>`) : nothing}
        ${fact('Ordered', `${at(createdAt)} by ${startedBy}${trigger === 'ordered' ? '' : `: ${trigger}`}`)}
      </dl>
      <details><summary>${counted(prompts.length, 'prompt')}</summary><ul class="samples">${prompts.map((prompt) => html`<li>${prompt.category}${prompt.phrase === prompt.category ? '' : html`: “${prompt.phrase}”`}</li>`)}</ul></details>
    </section>`;
  }

  quarantineTable() {
    return html`<section class="card flush" id="quarantine">
      <header><h2>Quarantine</h2><p class="quiet small">Images that the teacher could not read, and why.</p></header>
      <div class="scroll"><table><thead><tr><th>Image</th><th>Reason</th></tr></thead>
        <tbody>${this.quarantine.map((image) => html`<tr><td class="name"><a href="/images/${image.image}">${image.fileName}</a></td><td>${image.reason}</td></tr>`)}</tbody></table></div>
    </section>`;
  }
}

const decided = (boxes, look, note) => boxes.map((box, index) => ({ ...box, id: `${look}-${index}`, category: box.name, note, look: `${look} decided` }));
const isActive = ({ status }) => status === 'STARTING' || status === 'RUNNING';

customElements.define('gl-round', Round);
