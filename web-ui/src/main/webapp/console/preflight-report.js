// What preflight found, as people read it.
import { html, nothing } from 'lit';
import { count, counted } from './ui.js';

/** What each kind of finding means, and what to do about it. */
const MEANINGS = {
  MALFORMED_DOCUMENT: 'The annotation file cannot be read, or lacks a part it must have. Write it anew with the tool that made it.',
  UNREADABLE_FOLDER: 'A folder cannot be listed. Let the server’s user read it.',
  FILE_OUTSIDE_ROOTS: 'A link leads out of the folders that may be imported from. Move the file, or add its folder to GLEANER_IMPORT_ROOTS.',
  DUPLICATE_IMAGE_ID: 'Two images share an id, so nothing tells whose boxes are whose.',
  DUPLICATE_FILE_NAME: 'Two entries name the same image file.',
  DUPLICATE_CATEGORY_ID: 'Two categories of different names share an id.',
  NO_LABELS: 'Images came without a single label file. Check that the labels lie where the format has them.',
  REFUSED_ARCHIVE: 'The archive holds more than it may, or names that lead out of it.',
  NO_IMAGES: 'There is no image that could be used.',
  DUPLICATE_DATASET: 'The project holds the same content already.',
  NAME_TAKEN: 'The project holds another dataset of this name.',
  IMPORT_FAILED: 'The import itself broke. Try again; the server’s log tells more.',
  UNREADABLE_ANNOTATIONS: 'The annotation file of an image cannot be read.',
  MALFORMED_ENTRY: 'An entry of the document lacks a part it must have.',
  MISSING_FILE: 'An image that the document names is not there.',
  UNREACHABLE_IMAGE: 'An image elsewhere could not be had: its host is not allowed, does not answer, or has none.',
  UNREADABLE_IMAGE: 'A file is no image, is cut short, or is of a kind that cannot be decoded.',
  SIZE_DIFFERS: 'The document gives an image another size than its file has, so its boxes may lie elsewhere.',
  INVALID_BOX: 'A box is not four finite numbers, or has no area.',
  BOX_OUTSIDE: 'More than half of a box lies outside its image.',
  UNKNOWN_CATEGORY: 'A box names a category that the document does not define.',
  UNKNOWN_IMAGE: 'A box names an image that the document does not define.',
  BOX_CLIPPED: 'A box reached over the edge of its image and was cut there. Nothing to do.',
  SHAPE_BOXED: 'An outline or a turned box; the upright box around it was taken.',
  COUNTED_FROM_ZERO: 'A file counts pixels from 0 where its format counts from 1; it was read as it was meant. Look at some boxes.',
  NOT_TAKEN: 'Something that a dataset has no place for; it was left out.',
  CAPTIONS_TAKEN: 'Texts that lie with the images were taken as their captions. Nothing to do.',
  SEVERAL_ANNOTATIONS: 'Several people annotated an image; the annotation that counts was taken.',
  EXIF_ORIENTATION: 'The camera was turned. The image is shown upright, and the message says in which pixels its boxes were given.',
  FILE_NAME_MENDED: 'The file was found under a near name, such as one with another ending. Nothing to do.',
  SIZE_MISSING: 'The document gives no size, so it could not be compared with the file’s.',
  DUPLICATE_PHOTO: 'Two files hold the same picture. If one of them is trained on and the other measured on, figures come out too good.',
  DUPLICATE_CATEGORY_NAME: 'Two categories share a name; they became one.',
  DUPLICATE_BOX_ID: 'Two boxes share an id; both were kept and numbered anew.',
  IMAGES_NOT_NAMED: 'The folder holds images that the document does not name; they were left out.',
};

/** "MISSING_FILE" as people say it. */
export function sentence(code) {
  const words = code.toLowerCase().replaceAll('_', ' ').replace('exif', 'EXIF');
  return words[0].toUpperCase() + words.slice(1);
}

/** "2 errors, 14 warnings". */
export const outcome = ({ errors, warnings }) => [errors ? counted(errors, 'error') : null, warnings ? counted(warnings, 'warning') : null].filter(Boolean).join(', ') || 'nothing to remark';

/** The names of the files in the report's samples. */
export const files = (report) => [...new Set(report.groups.flatMap((group) => group.samples.map((sample) => sample.file)).filter(Boolean))];

/**
 * The report, errors first.
 * @param {Map<string, object>} images those of the files that the dataset holds, by name
 */
export function preflightReport(report, images = new Map()) {
  return [['ERROR', 'Errors', 'They kept the source out.'], ['WARNING', 'Warnings', 'Nothing was lost, or only what is listed was left out.']].map(([severity, title, text]) => {
    const groups = report.groups.filter((group) => group.severity === severity);
    return groups.length === 0 ? nothing : html`<section class="stack" aria-label=${title}>
      <div><h2>${title}</h2><p class="quiet">${text}</p></div>
      ${groups.map((group) => findings(group, images))}
    </section>`;
  });
}

function findings({ severity, code, count: number, samples }, images) {
  return html`<article class="card flush" data-code=${code}>
    <header class="row spread"><div class="stack tight"><h3>${sentence(code)}</h3><p class="quiet small">${MEANINGS[code] ?? ''}</p></div>
      <span class="badge ${severity === 'ERROR' ? 'bad' : 'warn'}">${counted(number, 'finding')}</span></header>
    <div class="scroll"><table><thead><tr><th>File</th><th>What was found</th></tr></thead>
      <tbody>${samples.map(({ file, message }) => {
        const image = images.get(file);
        return html`<tr><td class="name">${image ? html`<a class="row nowrap" href="/images/${image.id}"><img class="thumb" src="/api/images/${image.id}/thumbnail" alt="" loading="lazy"><span>${file}</span></a>`
          : file ? html`<code>${file}</code>` : html`<span class="quiet">the source as a whole</span>`}</td><td>${message}</td></tr>`;
      })}</tbody></table></div>
    ${number > samples.length ? html`<p class="body quiet small">These are the first ${count(samples.length)}; ${count(number - samples.length)} more are like them.</p>` : nothing}
  </article>`;
}
