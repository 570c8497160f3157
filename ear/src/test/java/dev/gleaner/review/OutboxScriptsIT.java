package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How decisions get to the server, and what becomes of them while it is away or of another opinion. */
class OutboxScriptsIT extends ScriptsTest {

    @Test
    void decisionsAreSentInOrderAndKeptWhileTheServerIsAway() {
        assertThat(run("review/outbox.js", STORAGE + """
                const sent = [];
                let away = true;
                const send = async (entry) => { if (away) { throw Object.assign(new Error(), {}); } sent.push(entry.requestId); return {}; };
                const outbox = new m.Outbox({ storage, owner: 'ann', send, retryMillis: 20 });
                const entry = (requestId, item) => ({ requestId, item, kind: 'decide', body: { boxes: [] } });
                outbox.add(entry('one', 1), 5);
                outbox.add(entry('two', 2), 5);
                outbox.add(entry('three', 3), 5);
                await new Promise((done) => setTimeout(done, 50));
                const kept = [outbox.away, outbox.entries().map((one) => one.requestId), outbox.withdraw('one'), outbox.withdraw('two')];
                outbox.close();
                // The page was closed and is opened again.
                const again = new m.Outbox({ storage, owner: 'ann', send, retryMillis: 20 });
                const others = new m.Outbox({ storage, owner: 'bob', send });
                away = false;
                await again.flush();
                return [kept, sent, again.entries().length, others.entries().length];"""))
                .as("what may have arrived cannot be withdrawn").isEqualTo("[[true,[\"one\",\"two\",\"three\"],false,true],[\"one\",\"three\"],0,0]");
    }

    @Test
    void nobodySendsWhatAnotherDecidedInTheSameBrowser() {
        assertThat(run("review/outbox.js", STORAGE + """
                const sent = [];
                const outbox = (owner) => new m.Outbox({ storage, owner, send: async (entry) => { sent.push([owner, entry.requestId]); return {}; } });
                const [ann, other] = [outbox('ann'), outbox('ann.b')];
                // As it was kept by the console of before.
                storage.setItem('gleaner-outbox.ann.b.0a', JSON.stringify({ requestId: '0a', item: 1, kind: 'decide', body: {}, at: 1 }));
                storage.setItem('gleaner-outbox.ann.0b', JSON.stringify({ requestId: '0b', item: 2, kind: 'decide', body: {}, at: 2 }));
                const hers = ann.entries().map((entry) => entry.requestId);
                await ann.flush();
                await other.flush();
                return [hers, sent, storage.length];"""))
                .isEqualTo("[[\"0b\"],[[\"ann\",\"0b\"],[\"ann.b\",\"0a\"]],0]");
    }

    @Test
    void aConflictWaitsForItsReviewerAndHoldsOnlyItsItem() {
        assertThat(run("review/outbox.js", STORAGE + """
                const sent = [];
                const current = { version: 9, status: 'CLAIMED', boxes: [{ annotation: 1, version: 7 }] };
                const send = async (entry) => {
                  if (entry.item === 1 && entry.body.version !== 9) { throw Object.assign(new Error('changed'), { status: 409, current }); }
                  sent.push(entry);
                  return {};
                };
                const outbox = new m.Outbox({ storage, owner: 'ann', send });
                outbox.add({ requestId: 'a', item: 1, kind: 'decide', shown: [{ annotation: 2, category: 'dog', bbox: [1, 2, 3, 4] }],
                  body: { version: 3, boxes: [{ annotation: 1, version: 0, action: 'accept' }, { annotation: 2, version: 0, action: 'accept' }] } });
                outbox.add({ requestId: 'b', item: 2, kind: 'decide', body: { version: 0, boxes: [] } });
                await new Promise((done) => setTimeout(done, 50));
                const waiting = [sent.map((one) => one.requestId), outbox.entries().map((one) => one.trouble.detail)];
                outbox.insist('a');
                await new Promise((done) => setTimeout(done, 50));
                return [waiting, sent[1].body, outbox.entries().length];"""))
                .as("what is gone is drawn again").isEqualTo("[[[\"b\"],[\"changed\"]],{\"version\":9,\"boxes\":[{\"annotation\":1,\"version\":7,\"action\":\"accept\"},"
                        + "{\"action\":\"draw\",\"category\":\"dog\",\"bbox\":[1,2,3,4]}]},0]");
        assertThat(run("review/outbox.js", "return [{}, {status: 503}, {status: 404, foreign: true}, {status: 401}, {status: 409, current: {}}, {status: 409}, {status: 400}].map(m.outcome)"))
                .isEqualTo("[\"away\",\"away\",\"away\",\"away\",\"conflict\",\"refused\",\"refused\"]");
    }

    @Test
    void anUndoOfOnesOwnThatIsRefusedIsShownAsAnyConflict() {
        assertThat(run("review/outbox.js", STORAGE + """
                const { render } = await import('lit');
                const { conflicts } = await import('/console/review/conflicts.js');
                const image = { id: 7, fileName: 'seven.png', width: 100, height: 50 };
                const current = { version: 9, status: 'DONE', reviewer: 'ann', image, boxes: [{ annotation: 1, version: 7, category: 'cat', bbox: [0, 0, 9, 9], status: 'ACCEPTED' }] };
                const outbox = new m.Outbox({ storage, owner: 'ann', send: async () => { throw Object.assign(new Error('changed'), { status: 409, current }); } });
                outbox.add({ requestId: 'a', item: 1, kind: 'decide', image, shown: [], body: { version: 3, boxes: [] } });
                const rest = () => new Promise((done) => setTimeout(done, 50));
                await rest();
                outbox.insist('a', 'b');
                await rest();
                const shown = document.createElement('div');
                const titles = () => {
                  render(conflicts({ outbox, reviewer: 'ann', keys: { keyOf: () => 'x' } }), shown);
                  return [...shown.querySelectorAll('h2')].map((title) => title.textContent);
                };
                const now = titles();
                // As the console of before kept it, and of an image that is gone.
                outbox.drop('a');
                storage.setItem('gleaner-outbox.ann.b', JSON.stringify({ requestId: 'b', item: 1, kind: 'undo', body: {}, at: 1, trouble: { outcome: 'refused', detail: 'gone', current: null } }));
                return [now, titles()];"""))
                .isEqualTo("[[\"Somebody else was there first: seven.png\"],[\"The server does not take this: an image\"]]");
    }

    @Test
    void whatAnotherTabSentIsAnsweredInThisOneToo() {
        assertThat(run("review/sending.js?here", """
                const other = await import('/console/review/sending.js?there');
                const fetched = window.fetch;
                const answers = { 'undo': { decision: 1 }, '77': { id: 77, version: 2, boxes: [] } };
                window.fetch = async (path) => Response.json(answers[path.split('/').at(-1)]);
                try {
                  const [here, there] = [m, other].map((tab) => tab.outboxOf('nobody else'));
                  const heard = [here, there].map(({ events }) => new Promise((done) => events.addEventListener('answered', ({ detail }) => done(detail), { once: true })));
                  there.outbox.add({ requestId: '0a', item: 77, kind: 'undo', body: {} });
                  const [mine, theirs] = await Promise.all(heard);
                  return [mine.entry.requestId, mine.answer.now.version, theirs.answer.now.version];
                } finally {
                  window.fetch = fetched;
                  [m, other].forEach((tab) => tab.stopSending());
                }""")).as("or it would decide again about what was").isEqualTo("[\"0a\",2,2]");
    }

    @Test
    void aFullBrowserSendsWhatItCannotKeep() {
        assertThat(run("review/deciding.js", STORAGE + """
                const { Outbox } = await import('/console/review/outbox.js');
                const { Sitting } = await import('/console/review/sitting.js');
                const { accept } = await import('/console/review/marks.js');
                let full = true;
                const setItem = storage.setItem;
                storage.setItem = (k, v) => { if (full) { throw new DOMException('no room', 'QuotaExceededError'); } setItem(k, v); };
                let away = true;
                const sent = [];
                const send = async (entry) => { if (away) { throw new Error(); } sent.push(entry.requestId); return { decisions: [] }; };
                const gallery = new Outbox({ storage, name: 'g', owner: 'ann', send, retryMillis: 5 });
                const queue = new Outbox({ storage, name: 'q', owner: 'ann', send, retryMillis: 5 });
                let number = 0;
                const deciding = new m.Deciding({ outbox: gallery, newId: () => `g${++number}`, now: () => 0 });
                const item = { id: 5, version: 0, image: { id: 5 }, boxes: [{ annotation: 50, version: 0, category: 'cat', bbox: [0, 0, 9, 9], score: 0.5, open: true }] };
                const waiting = [item];
                const sitting = new Sitting({ queue: { held: async () => [], claim: async (count) => waiting.splice(0, count) }, outbox: queue, storage, newId: () => 'q1', now: () => 0 });
                await sitting.refill();
                const done = deciding.decide([{ annotation: 1, version: 0 }], 'accept');
                sitting.edit(accept(sitting.shown.boxes, 'a50'));
                sitting.save();
                const state = () => [deciding.states()(1).phase, gallery.loose, queue.loose, gallery.entries().length, queue.entries().length, storage.length];
                const kept = [done, sitting.current, ...state()];
                deciding.decide([{ annotation: 2, version: 0 }], 'accept');
                full = false;
                away = false;
                while (gallery.entries().length + queue.entries().length > 0) { await new Promise((rest) => setTimeout(rest, 5)); }
                return [kept, state(), sent.toSorted()];"""))
                .as("what is not kept is neither lost nor said to be saved")
                .isEqualTo("[[1,null,\"saving\",1,1,1,1,0],[\"saved\",0,0,0,0,0],[\"g1\",\"g2\",\"q1\"]]");
        assertThat(run("review/sending.js", "return [[{ loose: 0, away: true }, 0], [{ loose: 0 }, 2], [{ loose: 0, away: true }, 2], [{ loose: 2, away: false }, 2]].map((of) => m.saving(...of, '…')[0])"))
                .isEqualTo("[\"good\",\"info\",\"warn\",\"bad\"]");
    }
}
