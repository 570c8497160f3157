// The REST interface, as the pages use it.

/** Why a request failed: the problem (RFC 9457) the server answered with, or that it did not answer. */
export class Problem extends Error {
  constructor({ title, status, detail, errors, current, foreign }) {
    super(detail ?? title);
    this.title = title;
    this.status = status;
    this.errors = errors ?? [];
    /** The item as it is, where somebody else was there first. */
    this.current = current ?? null;
    /** Whether something in front of the application answered: it is away, or starting. */
    this.foreign = foreign === true;
  }

  /** What is wrong with one field of a form; null when nothing is. */
  of(field) {
    return this.errors.find((error) => error.field === field || error.field.startsWith(`${field}.`)) ?? null;
  }
}

/**
 * Calls the API and gives its JSON, or null where it has nothing to say.
 * @param {string} path without the leading /api/
 * @param {{method?: string, json?: object, form?: FormData, token?: string,
 *   password?: {name: string, password: string}, signal?: AbortSignal}} options
 * @throws {Problem}
 * @throws {DOMException} AbortError, when the signal says so
 */
export async function api(path, { method, json, form, token, password, signal } = {}) {
  const headers = { Accept: 'application/json', 'Gleaner-Console': '1' };
  if (json !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  if (token !== undefined) {
    headers.Authorization = `Bearer ${token}`;
  } else if (password !== undefined) {
    headers.Authorization = `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${password.name}:${password.password}`)))}`;
  }
  const response = await fetch(`/api/${path}`, {
    method: method ?? (json === undefined && form === undefined ? 'GET' : 'POST'),
    headers,
    body: json === undefined ? form : JSON.stringify(json),
    signal,
  }).catch((failure) => {
    if (signal?.aborted) {
      throw failure;
    }
    throw new Problem({ title: 'No answer', detail: 'The server does not answer. It may be starting again; try in a moment.' });
  });
  if (response.ok) {
    return response.status === 204 ? null : response.json();
  }
  const problem = new Problem(await response.json().catch(() => ({ title: response.statusText, status: response.status, foreign: true })));
  if (response.status === 401 && headers.Authorization === undefined) {
    window.dispatchEvent(new Event('gleaner-signed-out'));
  }
  throw problem;
}

/** All items of a list that is short by nature; pages of 500 until the last. */
export async function all(path) {
  const items = [];
  let after = 0;
  do {
    const page = await api(`${path}${path.includes('?') ? '&' : '?'}limit=500&after=${after}`);
    items.push(...page.items);
    after = page.next;
  } while (after);
  return items;
}

/**
 * Follows a run until it is at rest, across restarts of the server.
 * @param {string} path of the run without the leading /api/: labeling-runs/7, evaluations/3
 * @param {(run: object) => void} onRun called about every second
 * @param {(connected: boolean) => void} onConnection
 * @returns {() => void} stops following
 */
export function followRun(path, onRun, onConnection) {
  let source;
  let timer;
  let stopped = false;

  const stop = () => {
    stopped = true;
    clearTimeout(timer);
    source?.close();
  };
  const open = () => {
    source = new EventSource(`/api/${path}/events`);
    source.onopen = () => onConnection(true);
    source.addEventListener('progress', (event) => onRun(JSON.parse(event.data)));
    source.addEventListener('end', (event) => {
      stop();
      onRun(JSON.parse(event.data));
    });
    source.onerror = () => {
      onConnection(false);
      // A browser reconnects by itself after a lost connection, but gives up when a starting server answers with an error.
      if (source.readyState === EventSource.CLOSED) {
        timer = setTimeout(openAgain, 2000);
      }
    };
  };
  const openAgain = async () => {
    const answer = await api(path).catch((problem) => problem);
    if (stopped || answer.status === 401) {
      return;
    }
    open();
  };
  open();
  return stop;
}
