import { html, nothing, svg } from 'lit';
import { change, count, percent, points } from './ui.js';

const KINDS = { category: 'Category', size: 'Size', source: 'Source', 'out-of-domain': 'Other domain' };
/** What became of a guarded slice. */
const FATES = {
  held: ['good', 'held', ''], chance: ['warn', 'lost, perhaps by chance', ' It lost more, but so few boxes may do that by chance.'],
  fell: ['bad', 'lost too much', ' It lost more, and hardly by chance.'],
};
const SIZES = { small: 'up to 32 × 32 pixels', medium: 'up to 96 × 96', large: 'larger' };

/**
 * AP before and after, as a whole and by slice, with the interval of each difference as a dot on a line.
 * @param comparison of a round, as the API gives it
 * @param gate the round's: margin, allowance, allowances by slice
 */
export function sliceTable(comparison, gate) {
  const all = { name: 'All', kind: null, guarded: true, ...comparison };
  const rows = [all, ...comparison.slices];
  const scale = scaleOf(rows.flatMap(({ low, high, before, after }) => [low, high, after - before]).concat(gate.margin, -gate.allowance));
  return html`<div class="scroll"><table class="slices">
    <caption class="visually-hidden">AP of the champion and of the student by slice, with ${percent(comparison.confidence)} intervals of the change</caption>
    <thead><tr><th>Slice</th><th class="number">Gold</th><th class="number">Before</th><th class="number">After</th><th class="number">Change</th>
      <th>${percent(comparison.confidence)} interval</th><th class="chart" aria-hidden="true">${axis(scale)}</th><th>Gate</th></tr></thead>
    <tbody>${rows.map((row) => {
      const verdict = verdictOf(row, row === all, gate);
      const difference = row.before == null || row.after == null ? null : row.after - row.before;
      return html`<tr class=${row === all ? 'whole' : ''} data-slice=${row.slice ?? 'all'}>
        <th scope="row">${row === all ? 'All held-out gold' : html`<span class="quiet">${KINDS[row.kind]}</span> <span title=${row.kind === 'size' ? SIZES[row.name] : nothing}>${row.name}</span>`}</th>
        <td class="number">${row.gold == null ? '' : count(row.gold)}</td>
        <td class="number">${points(row.before)}</td><td class="number"><strong>${points(row.after)}</strong></td>
        <td class="number">${change(difference)}</td>
        <td class="nowrap">${change(row.low)} to ${change(row.high)}</td>
        <td class="chart" aria-hidden="true">${interval(row, difference, row === all ? gate.margin : row.guarded ? -allowanceOf(row, gate) : null, verdict.look, scale)}</td>
        <td><span class="badge ${verdict.look}" title=${verdict.why}>${verdict.said}</span></td>
      </tr>`;
    })}</tbody>
  </table></div>`;
}

const allowanceOf = ({ slice }, { allowance, allowances }) => allowances?.[slice] ?? allowance;

function verdictOf(row, whole, gate) {
  if (whole) {
    return row.low > gate.margin ? { look: 'good', said: 'better', why: `All of the interval lies above ${change(gate.margin)}.` }
      : { look: 'bad', said: 'not enough', why: `All of the interval would have to lie above ${change(gate.margin)}.` };
  }
  if (!row.guarded) {
    return { look: '', said: 'not guarded', why: 'There are too few boxes to tell anything.' };
  }
  const [look, said, more] = FATES[row.fate];
  return { look, said, why: `It may lose ${points(allowanceOf(row, gate))}.${more}` };
}

/** From where to where the charts go, in AP from −1 to 1, and where the axis has its marks. */
function scaleOf(values) {
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = Math.max(most - least, 0.02) * 0.06;
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((size) => (most - least) / size <= 4) ?? 1;
  const marks = [];
  for (let mark = Math.ceil(least / step); mark * step <= most + 1e-9; mark++) {
    marks.push(mark * step);
  }
  const place = (value) => `${((value - least + room) / (most - least + 2 * room) * 100).toFixed(2)}%`;
  return { place, marks };
}

const axis = ({ place, marks }) => html`<svg class="interval" height="18">${marks.map((mark) => svg`
  <text x=${place(mark)} y="13" text-anchor="middle">${mark === 0 ? '0' : `${mark < 0 ? '−' : '+'}${Math.round(Math.abs(mark) * 100)}`}</text>`)}</svg>`;

/** The dot is the change, the line its interval, and the dashed line what the gate wants it to lie above. */
const interval = ({ low, high }, difference, limit, look, { place, marks }) => html`<svg class="interval ${look}" height="26">
  ${marks.map((mark) => svg`<line class=${mark === 0 ? 'zero' : 'mark'} x1=${place(mark)} x2=${place(mark)} y1="0" y2="26"></line>`)}
  ${limit == null ? nothing : svg`<line class="limit" x1=${place(limit)} x2=${place(limit)} y1="2" y2="24"></line>`}
  <line class="range" x1=${place(low)} x2=${place(high)} y1="13" y2="13"></line>
  ${difference == null ? nothing : svg`<circle cx=${place(difference)} cy="13" r="5"></circle>`}
</svg>`;
