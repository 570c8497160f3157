import { html, nothing } from 'lit';

/** A prompt nobody has filled in yet. */
export const emptyPrompt = () => ({ category: '', phrase: '', threshold: '' });

/** The filled-in rows as the API takes them. */
export const promptsOf = (rows) => rows.filter((row) => row.category.trim() !== '').map((row) => (
  row.phrase.trim() === '' ? { category: row.category.trim() } : { category: row.category.trim(), phrase: row.phrase.trim() }));

/** The rows' own thresholds, with the one for all others. */
export const thresholdsOf = (rows, fallback) => Object.fromEntries([
  ['default', fallback],
  ...rows.filter((row) => row.category.trim() !== '' && row.threshold !== '').map((row) => [row.category.trim(), Number(row.threshold)]),
]);

/**
 * What runs have looked for, as versions to choose from: each once, the first that was ever used is number 1, the newest comes first.
 * @param {{id: number, prompts: object[], createdAt: string}[]} runs
 * @returns {{number: number, run: number, createdAt: string, prompts: object[]}[]} with the run that used it last
 */
export function versionsOf(runs) {
  const byPrompts = new Map();
  runs.toSorted((a, b) => a.id - b.id).forEach(({ id, createdAt, prompts }) => {
    const written = JSON.stringify(prompts.map(({ category, phrase }) => [category, phrase]));
    byPrompts.set(written, { number: byPrompts.size + 1, ...byPrompts.get(written), prompts, run: id, createdAt });
  });
  return [...byPrompts.values()].sort((a, b) => b.run - a.run);
}

/** A version's prompts as rows; a phrase that is the category is left out, as whoever wrote it did. */
export const rowsOf = ({ prompts }) => prompts.map(({ category, phrase }) => ({ ...emptyPrompt(), category, phrase: phrase === category ? '' : phrase }));

/** "Version 2, run 14: cat, dog and 3 more". */
export function versionText({ number, run, prompts }) {
  const names = prompts.map(({ category }) => category);
  return `Version ${number}, run ${run}: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}

/**
 * Rows of category, phrase and threshold.
 * @param {object[]} rows
 * @param {(rows: object[]) => void} onRows called with the rows as they shall be
 * @param {{scores?: boolean}} options whether each row has a threshold of its own
 */
export function promptEditor(rows, onRows, { scores = true } = {}) {
  const change = (index, name) => (event) => onRows(rows.map((row, i) => (i === index ? { ...row, [name]: event.target.value } : row)));
  return html`<fieldset><legend>What to look for</legend>
    <p class="quiet small">A found box is filed under the category. The phrase is what the model reads; left empty, it is the category itself.</p>
    <div class="prompts ${scores ? '' : 'bare-scores'}">
      ${rows.map((row, index) => html`<div class="prompt">
        <input type="text" placeholder="Category" aria-label="Category ${index + 1}" .value=${row.category} @input=${change(index, 'category')}>
        <input type="text" placeholder="Phrase (optional)" aria-label="Phrase ${index + 1}" .value=${row.phrase} @input=${change(index, 'phrase')}>
        ${scores ? html`<input type="number" min="0" max="1" step="any" placeholder="Score" aria-label="Threshold of category ${index + 1}"
          .value=${row.threshold} @input=${change(index, 'threshold')}>` : nothing}
        <button type="button" class="button plain" aria-label="Remove prompt ${index + 1}" ?disabled=${rows.length === 1}
          @click=${() => onRows(rows.filter((_, i) => i !== index))}>Remove</button>
      </div>`)}
    </div>
    <div class="row"><button type="button" class="button" @click=${() => onRows([...rows, emptyPrompt()])}>Add a prompt</button></div>
  </fieldset>`;
}
