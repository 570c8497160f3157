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
