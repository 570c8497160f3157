import { html, nothing } from 'lit';
import './plot.js';
import { counted } from './ui.js';

const CURVES = [['loss', 'Loss'], ['alignment', 'Alignment'], ['boxes', 'Boxes'], ['centreness', 'Centreness']];

/** The steps known so far with those that an event tells of. A server that goes on from a checkpoint tells again what came after it. */
export function withSteps(steps, newSteps) {
  return newSteps?.length ? [...steps.filter(({ step }) => step < newSteps[0].step), ...newSteps] : steps;
}

/**
 * The losses of a training by step.
 * @param {(logarithmic: boolean) => void} onScale called when the other axis is wanted
 */
export function lossesCard(steps, logarithmic, onScale) {
  const usable = (value) => (value == null || (logarithmic && value <= 0) ? null : value);
  const skipped = steps.filter(({ applied }) => !applied).length;
  return html`<section class="card stack" id="losses">
    <div class="row spread"><h2>Losses</h2>
      <div class="tabs" role="group" aria-label="Vertical axis">
        <button aria-pressed=${logarithmic} @click=${() => onScale(true)}>Logarithmic</button>
        <button aria-pressed=${!logarithmic} @click=${() => onScale(false)}>Linear</button></div></div>
    ${steps.length === 0 ? html`<p class="quiet">No step is taken yet.</p>`
      : html`<gl-plot .x=${steps.map(({ step }) => step)} .series=${CURVES.map(([key, label]) => ({ label, values: steps.map((step) => usable(step[key])) }))}
        xLabel="Step" yLabel="Loss" whole .logarithmic=${logarithmic} label="Losses by step"></gl-plot>`}
    ${skipped ? html`<p class="note warn">${counted(skipped, 'step')} had a loss or gradient that was no finite number, and changed nothing.</p>` : nothing}
    <p class="quiet small">The loss is the sum of the three others: how well words and places agree, how well boxes fit, and how central they are.</p>
  </section>`;
}
