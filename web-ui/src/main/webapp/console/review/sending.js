// The outbox of who is signed in, for as long as the console is open, whatever page is shown.
import { api } from '../api.js';
import { Outbox } from './outbox.js';

let current = null;

async function send({ item, kind, body, requestId }) {
  const json = { ...body, requestId };
  if (kind === 'decide') {
    return api(`review-items/${item}/decision`, { method: 'PUT', json });
  }
  const answer = await api(`review-items/${item}/${kind}`, { json });
  // What was restored has new versions, which whoever decides again must name.
  return kind === 'undo' ? { ...answer, now: await api(`review-items/${item}`) } : answer;
}

/** One tab at a time where the browser can see to that. Elsewhere two may send the same, which the server takes once. */
const alone = navigator.locks ? (work) => navigator.locks.request('gleaner-outbox', work) : (work) => work();

/** Sends what the account has left to send; fires `change`, and `answered` with `{entry, answer}`. */
export function outboxOf(account) {
  if (current?.account !== account) {
    current?.outbox.close();
    const events = new EventTarget();
    const fire = (name, detail) => events.dispatchEvent(new CustomEvent(name, { detail }));
    const outbox = new Outbox({
      storage: localStorage, owner: account, send, alone,
      onAnswered: (entry, answer) => fire('answered', { entry, answer }),
      onChange: () => fire('change'),
    });
    window.addEventListener('online', () => outbox.flush());
    window.addEventListener('storage', () => fire('change'));
    current = { account, outbox, events };
    outbox.flush();
  }
  return current;
}

/** Nobody is signed in any more: what is left waits until they are again. */
export function stopSending() {
  current?.outbox.close();
  current = null;
}
