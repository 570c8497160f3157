import { LitElement } from 'lit';
import uPlot from 'uplot';

const TALL = 280;
/** Distances between whole numbers on an axis. */
const WHOLE = Array.from({ length: 8 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

/**
 * A line chart.
 *
 * Properties: `x`, the places of the points; `series`, each with `label` and `values`, one for each place, null where there is
 * none; `xLabel`, `yLabel`; `xRange` and `yRange`, each [least, most], by default those of the data; `logarithmic`, whether the
 * vertical axis is; `marks`, vertical lines, each with `x` and `label`; `whole`, whether places are whole numbers; `digits` after the point in the legend; `label`, what the chart
 * shows, for those who do not see it. It may get new data at any time and redraws without flicker while its series keep their labels.
 */
class Plot extends LitElement {
  static properties = {
    x: { attribute: false },
    series: { attribute: false },
    xLabel: {},
    yLabel: {},
    xRange: { attribute: false },
    yRange: { attribute: false },
    marks: { attribute: false },
    logarithmic: { type: Boolean },
    whole: { type: Boolean },
    digits: { type: Number },
    label: {},
  };

  constructor() {
    super();
    this.x = [];
    this.series = [];
    this.marks = [];
    this.digits = 3;
    this.resized = new ResizeObserver(() => this.resize());
    this.theme = matchMedia('(prefers-color-scheme: dark)');
    this.themed = () => this.draw(true);
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.resized.observe(this);
    this.theme.addEventListener('change', this.themed);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.resized.disconnect();
    this.theme.removeEventListener('change', this.themed);
    this.chart?.destroy();
    this.chart = null;
  }

  updated() {
    this.setAttribute('role', 'img');
    this.setAttribute('aria-label', this.label ?? this.yLabel ?? 'Chart');
    this.draw(false);
  }

  get shape() {
    return JSON.stringify([this.series.map(({ label }) => label), this.xLabel, this.yLabel, this.xRange, this.yRange, this.logarithmic]);
  }

  draw(afresh) {
    const data = [this.x, ...this.series.map(({ values }) => values)];
    if (this.chart && !afresh && this.drawn === this.shape) {
      this.chart.setData(data);
      return;
    }
    this.chart?.destroy();
    this.drawn = this.shape;
    this.chart = new uPlot(this.options(), data, this);
  }

  resize() {
    const width = this.clientWidth;
    if (this.chart && width > 0 && width !== this.chart.width) {
      this.chart.setSize({ width, height: TALL });
    }
  }

  /** Lines over the curves, each with its label beside it. */
  drawMarks({ ctx, bbox, valToPos }) {
    const style = getComputedStyle(this);
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = style.getPropertyValue('--text').trim();
    ctx.lineWidth = devicePixelRatio;
    ctx.font = `${12 * devicePixelRatio}px ${style.fontFamily}`;
    this.marks.forEach(({ x, label }, row) => {
      const left = Math.round(valToPos(x, 'x', true));
      ctx.setLineDash(row % 2 ? [] : [3 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
      // Where the label would run into the next line or out of the chart, it stands on the other side.
      const ends = [bbox.left + bbox.width, ...this.marks.map((mark) => Math.round(valToPos(mark.x, 'x', true))).filter((end) => end > left)];
      ctx.textAlign = left + ctx.measureText(label).width + 8 * devicePixelRatio > Math.min(...ends) ? 'right' : 'left';
      ctx.fillText(label, left + (ctx.textAlign === 'left' ? 4 : -4) * devicePixelRatio, bbox.top + bbox.height - (8 + 16 * row) * devicePixelRatio);
    });
    ctx.restore();
  }

  options() {
    const style = getComputedStyle(this);
    const colour = (name) => style.getPropertyValue(name).trim();
    const axis = (label) => ({
      label, stroke: colour('--quiet'), grid: { stroke: colour('--plot-grid'), width: 1 }, ticks: { stroke: colour('--plot-grid'), width: 1 },
      font: `12px ${style.fontFamily}`, labelFont: `12px ${style.fontFamily}`, labelSize: 22,
    });
    const shown = (self, value) => (value == null ? '–' : value.toFixed(this.digits));
    return {
      width: this.clientWidth || 480,
      height: TALL,
      scales: {
        x: { time: false, ...(this.xRange ? { range: this.xRange } : {}) },
        y: { ...(this.logarithmic ? { distr: 3 } : {}), ...(this.yRange ? { range: this.yRange } : {}) },
      },
      axes: [{ ...axis(this.xLabel), ...(this.whole ? { incrs: WHOLE } : {}) }, { ...axis(this.yLabel), size: 54 }],
      hooks: { draw: [(chart) => this.drawMarks(chart)] },
      cursor: { drag: { x: !this.xRange, y: false } },
      series: [
        { label: this.xLabel, value: (self, value) => (value == null ? '–' : String(Number(value.toFixed(4)))) },
        ...this.series.map(({ label }, index) => ({
          label, stroke: colour(`--plot-${index % 4}`), width: 2, value: shown, points: { show: false }, ...(index % 2 ? { dash: [6, 4] } : {}),
        })),
      ],
    };
  }
}

customElements.define('gl-plot', Plot);
