import { html, nothing } from 'lit';
import { badge } from './ui.js';

const VIEWS = [['', 'Images'], ['/categories', 'Categories'], ['/preflight', 'Preflight report'], ['/update', 'Update boxes from a file']];

/** Leads to the views of a dataset; the one of this address is marked. */
export const datasetTabs = (id) => html`<nav class="tabs" aria-label="Views of the dataset">${VIEWS.map(([path, name]) => {
  const address = `/datasets/${id}${path}`;
  return html`<a href=${address} aria-current=${location.pathname === address ? 'page' : nothing}>${name}</a>`;
})}</nav>`;

/** The head of a dataset's further views. */
export const datasetHead = ({ id, name, status }, title) => html`<header class="stack">
  <div class="stack tight"><p class="crumbs"><a href="/">Overview</a> / <a href="/datasets/${id}">${name}</a></p><div class="row"><h1>${title}</h1>${badge(status)}</div></div>
  ${datasetTabs(id)}</header>`;
