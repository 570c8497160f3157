// The outboxes of who is signed in, for as long as the console is open, whatever page is shown.
import { api } from '../api.js';
import { counted } from '../ui.js';
import { Outbox } from './outbox.js';

/** By kind: decisions about items of queues, and those about many boxes of a gallery. */
let current = null;

async function sendItem({ item, kind, body, requestId }) {
  const json = { ...body, requestId };
  if (kind === 'decide') {
    return api(`review-items/${item}/decision`, { method: 'PUT', json });
  }
  const answer = await api(`review-items/${item}/${kind}`, { json });
  // What was restored has new versions, which whoever decides again must name.
  return kind === 'undo' ? { ...answer, now: await api(`review-items/${item}`) } : answer;
}

/** The server does what it can; boxes that somebody else changed are a conflict, which waits for the reviewer as any other. */
async function sendMany({ kind, body, requestId }) {
  const answer = await api(`annotations/decisions${kind === 'undo' ? '/undo' : ''}`, { json: { ...body, requestId } });
  if (answer.stale.length > 0) {
    throw Object.assign(new Error('Somebody changed what you decided about.'), { status: 409, current: { boxes: answer.stale, decisions: answer.decisions } });
  }
  return answer;
}

/** One tab at a time where the browser can see to that. Elsewhere two may send the same, which the server takes once. */
const alone = (name) => (navigator.locks ? (work) => navigator.locks.request(name, work) : (work) => work());

const KINDS = { items: ['gleaner-outbox', sendItem], gallery: ['gleaner-gallery-outbox', sendMany] };

function opened(account, [name, send]) {
  const events = new EventTarget();
  const fire = (type, detail) => events.dispatchEvent(new CustomEvent(type, { detail }));
  // What one tab sent may have been decided in another, which has to know what came of it.
  const others = new BroadcastChannel(`${name}.${account}`);
  others.onmessage = ({ data }) => fire('answered', data);
  const outbox = new Outbox({
    storage: localStorage, name, owner: account, send, alone: alone(name),
    onAnswered: (entry, answer) => {
      fire('answered', { entry, answer });
      others.postMessage({ entry, answer });
    },
    onChange: () => fire('change'),
  });
  window.addEventListener('online', () => outbox.flush());
  window.addEventListener('storage', () => fire('change'));
  outbox.flush();
  return { outbox, events, others };
}

window.addEventListener('beforeunload', (event) => {
  if (Object.keys(KINDS).some((kind) => current?.[kind].outbox.loose > 0)) {
    event.preventDefault();
  }
});

/** How far the sending is: how a badge about it looks, and what it says. */
export function saving(outbox, waiting, text) {
  if (waiting === 0) {
    return ['good', 'All saved'];
  }
  if (outbox.loose > 0) {
    return ['bad', `This browser has no room to keep ${counted(outbox.loose, 'decision')}: leave the page open until all is saved`];
  }
  return outbox.away ? ['warn', `Waiting for the server: ${counted(waiting, 'decision')} kept here`] : ['info', text];
}

/** Sends what the account has left to send; each kind fires `change`, and `answered` with `{entry, answer}`. */
export function outboxOf(account, kind = 'items') {
  if (current?.account !== account) {
    stopSending();
    current = { account, ...Object.fromEntries(Object.entries(KINDS).map(([each, how]) => [each, opened(account, how)])) };
  }
  return current[kind];
}

/** Nobody is signed in any more: what is left waits until they are again. */
export function stopSending() {
  Object.keys(KINDS).forEach((kind) => {
    current?.[kind].outbox.close();
    current?.[kind].others.close();
  });
  current = null;
}
