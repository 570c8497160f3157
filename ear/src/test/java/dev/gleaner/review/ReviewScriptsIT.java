package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The parts of the review page that know nothing of pages, by hand-worked examples, where they run: in a browser. */
@ExtendWith(GleanerServerExtension.class)
class ReviewScriptsIT {

    /** A storage as browsers have it. */
    private static final String STORAGE = """
            const storage = (() => {
              const map = new Map();
              return { get length() { return map.size; }, key: (i) => [...map.keys()][i] ?? null, getItem: (k) => map.get(k) ?? null,
                setItem: (k, v) => map.set(k, String(v)), removeItem: (k) => map.delete(k) };
            })();
            """;
    private static final String BOXES = """
            const item = { version: 3, boxes: [
              { annotation: 1, version: 0, category: 'cat', bbox: [0, 0, 10, 10], score: 0.9, open: true },
              { annotation: 2, version: 0, category: 'dog', bbox: [20, 20, 10, 10], score: 0.3, open: true },
              { annotation: 3, version: 5, category: 'cat', bbox: [40, 40, 10, 10], score: null, open: false }] };
            """;

    private static Browser browser;

    @BeforeAll
    static void open(GleanerServer server) {
        browser = Browser.start();
        browser.open(server, "/");
    }

    @AfterAll
    static void close() {
        browser.close();
    }

    /** What a script returns, as JSON; {@code m} is the module. */
    private static String run(String module, String script) {
        return (String) browser.driver().executeAsyncScript("const done = arguments[arguments.length - 1]; import('/console/" + module + "')"
                + ".then(async (m) => {" + script + "}).then((result) => done(JSON.stringify(result)), (e) => done(String(e.stack ?? e)));");
    }

    @Test
    void boxesMoveAndGrowWithinTheImage() {
        String image = "{width: 100, height: 50}";
        assertThat(run("boxes.js", "return m.moved([80, 10, 15, 20], 10, -30, " + image + ")")).isEqualTo("[85,0,15,20]");
        assertThat(run("boxes.js", "return m.resized([10, 10, 20, 20], 'se', 100, 5, " + image + ")")).isEqualTo("[10,10,90,25]");
        assertThat(run("boxes.js", "return m.resized([10, 10, 20, 20], 'nw', 100, -5, " + image + ")")).as("not inside out").isEqualTo("[29,5,1,25]");
        assertThat(run("boxes.js", "return m.spanned({x: 90, y: 40}, {x: 120, y: 20}, " + image + ")")).isEqualTo("[90,20,10,20]");
        assertThat(run("boxes.js", "return m.spanned({x: 90, y: 40}, {x: 90.5, y: 20}, " + image + ")")).isEqualTo("null");
        // Twice as near about (10, 10), where the image's point (5, 5) is and stays.
        assertThat(run("boxes.js", "return m.zoomed({scale: 2, x: 0, y: 0}, 2, {x: 10, y: 10}, [1, 8])")).isEqualTo("{\"scale\":4,\"x\":-10,\"y\":-10}");
        assertThat(run("boxes.js", "return m.zoomed({scale: 2, x: 0, y: 0}, 100, {x: 0, y: 0}, [1, 8]).scale")).isEqualTo("8");
    }

    @Test
    void keysAreWrittenAndNoTwoActionsGetTheSame() {
        assertThat(run("review/keys.js", "return m.written({key: 'a', shiftKey: true})")).isEqualTo("\"Shift+A\"");
        assertThat(run("review/keys.js", "return m.written({key: '?', shiftKey: true})")).as("some keyboards need shift for it").isEqualTo("\"?\"");
        assertThat(run("review/keys.js", "return m.written({key: 'ArrowUp', shiftKey: true, altKey: true})")).isEqualTo("\"Alt+Shift+ArrowUp\"");
        assertThat(run("review/keys.js", "return m.written({key: 'Shift', shiftKey: true})")).isEqualTo("null");
        assertThat(run("review/keys.js", STORAGE + "return new m.KeyMap(storage).conflicts()")).as("at first").isEqualTo("[]");
        assertThat(run("review/keys.js", STORAGE + """
                const keys = new m.KeyMap(storage);
                const refused = keys.bind('accept', 'r');
                const taken = keys.bind('accept', 'x');
                const again = new m.KeyMap(storage);
                return [refused, taken, keys.actionOf('x'), again.keyOf('accept'), again.actionOf('a')];"""))
                .isEqualTo("[\"reject\",null,\"accept\",\"x\",null]");
        assertThat(run("review/keys.js", STORAGE + """
                storage.setItem('gleaner-review-keys', '{"accept":"r","gone":"q"}');
                const keys = new m.KeyMap(storage);
                const before = [keys.conflicts(), keys.actionOf('r')];
                keys.reset();
                return [...before, keys.conflicts(), keys.keyOf('accept')];""")).isEqualTo("[[[\"r\",[\"accept\",\"reject\"]]],\"accept\",[],\"a\"]");
    }

    @Test
    void aHeldKeyMovesButDecidesOnce() {
        assertThat(run("review/keys.js", STORAGE + """
                const held = (actions, ...keys) => keys.map((key) => new m.KeyMap(storage, 'k', actions).pressed({ ...key, repeat: true }));
                return [new m.KeyMap(storage).pressed({ key: 'Enter' }),
                  held(m.ACTIONS, { key: 'Enter' }, { key: 'Enter', shiftKey: true }, { key: 'a' }, { key: 's' }, { key: 'z' }, { key: 'q' }),
                  held(m.ACTIONS, { key: 'n' }, { key: 'ArrowLeft' }, { key: 'ArrowLeft', altKey: true, shiftKey: true }, { key: '+' }, { key: 'h' }),
                  held(m.GALLERY_ACTIONS, { key: 'a' }, { key: 'r' }, { key: ' ' }, { key: 'ArrowDown' }, { key: 'ArrowDown', shiftKey: true })];"""))
                .isEqualTo("[\"save\",[null,null,null,null,null,null],[\"next-box\",\"left\",\"narrower-10\",\"zoom-in\",\"pan-left\"],"
                        + "[null,null,null,\"down\",\"extend-down\"]]");
    }

    @Test
    void slidersEdgesAndConflictsHaveKeysThatNothingElseWants() {
        assertThat(run("review/keys.js", STORAGE + """
                return [m.ACTIONS, m.GALLERY_ACTIONS].map((actions) => {
                  const keys = new m.KeyMap(storage, 'k', actions);
                  return [keys.conflicts(), ...['Shift+T', 'Shift+I', '.', 'Ctrl+ArrowUp', 'Ctrl+Shift+ArrowLeft'].map((key) => keys.actionOf(key))];
                });"""))
                .isEqualTo("[[[],\"theirs\",\"mine\",\"slider-up\",\"corner-up\",\"corner-left-10\"],[[],\"theirs\",\"mine\",null,null,null]]");
        assertThat(run("review/marks.js", "let s = m.slid({ cat: 0.29 }, 'dog', 1); s = m.slid(s, 'cat', 1); return [s, m.slid(s, 'dog', -5).dog, m.slid({ cat: 0.999 }, 'cat', 5)]"))
                .as("in whole hundredths, within 0 and 1").isEqualTo("[{\"cat\":0.3,\"dog\":0.01},0,{\"cat\":1}]");
    }

    @Test
    void aNewStepForgetsWhatWasUndone() {
        assertThat(run("review/undo.js", """
                const stack = new m.UndoStack(3);
                [1, 2, 3, 4].forEach((n) => stack.push(n));
                const undone = [stack.undo(), stack.undo(), stack.redo()];
                stack.push(5);
                return [undone, stack.redo(), stack.undo(), stack.undo(), stack.undo(), stack.undo()];"""))
                .isEqualTo("[[4,3,3],null,5,3,2,null]");
    }

    /** A and B differ about 2 to 5; 1 both took, and of 6 and 7, which is beside 2, nobody said anything. */
    @Test
    void anAnswerIsTakenAsMarksOnWhatIsThere() {
        String differing = """
                const box = (annotation, category, x, status, open = false) => ({ annotation, version: 1, category, bbox: [x, 0, 10, 10], score: null, status, open });
                const item = { version: 1, boxes: [box(1, 'cat', 0, 'ACCEPTED'), box(2, 'cat', 20, 'ACCEPTED'), box(3, 'cat', 40, 'REJECTED'), box(4, 'cat', 60, 'CORRECTED'),
                  box(5, 'cat', 80, 'ACCEPTED'), box(6, 'cat', 100, 'PROPOSED', true),
                  box(7, 'cat', 22, 'PROPOSED', true)] };
                const said = (category, x) => ({ category, bbox: [x, 0, 10, 10] });
                const answers = [{ name: 'A', boxes: [said('cat', 0), said('cat', 20), said('cat', 60), said('cat', 80)] },
                  { name: 'B', boxes: [said('cat', 0), said('cat', 40), said('dog', 60), said('cat', 83), said('dog', 120)] }];
                const marks = await import('/console/review/marks.js');
                """;
        assertThat(run("review/answers.js", differing + "return [m.disputed(marks.read(item), answers).annotation, m.disputed(marks.read(item), answers.slice(0, 1)) ?? null];"))
                .isEqualTo("[2,null]");
        assertThat(run("review/answers.js", differing + "return marks.decisions(m.adopt(marks.read(item), answers, 'A'));")).as("it is there already").isEqualTo("[]");
        assertThat(run("review/answers.js", differing + """
                const taken = m.adopt(marks.read(item), answers, 'B');
                return [marks.decisions(taken), marks.decisions(m.adopt(taken, answers, 'A'))];"""))
                .isEqualTo("[[{\"annotation\":2,\"version\":1,\"action\":\"reject\"},{\"annotation\":3,\"version\":1,\"action\":\"accept\"},"
                        + "{\"annotation\":4,\"version\":1,\"action\":\"relabel\",\"category\":\"dog\"},{\"annotation\":5,\"version\":1,\"action\":\"move\",\"bbox\":[83,0,10,10]},"
                        + "{\"action\":\"draw\",\"category\":\"dog\",\"bbox\":[120,0,10,10]}],[]]");
    }

    @Test
    void marksBecomeDecisions() {
        assertThat(run("review/marks.js", BOXES + "return m.decisions(m.read(item))")).as("nothing was said").isEqualTo("[]");
        assertThat(run("review/marks.js", BOXES + """
                let boxes = m.accept(m.read(item), 'a1');
                boxes = m.place(boxes, 'a2', [21, 20, 10, 10]);
                boxes = m.relabel(boxes, 'a2', 'cat');
                boxes = m.reject(boxes, 'a3');
                boxes = m.draw(boxes, 'd1', 'dog', [1, 2, 3, 4]);
                return m.decisions(boxes);"""))
                .isEqualTo("[{\"annotation\":1,\"version\":0,\"action\":\"accept\"},"
                        + "{\"annotation\":2,\"version\":0,\"action\":\"move\",\"bbox\":[21,20,10,10],\"category\":\"cat\"},"
                        + "{\"annotation\":3,\"version\":5,\"action\":\"reject\"},{\"action\":\"draw\",\"category\":\"dog\",\"bbox\":[1,2,3,4]}]");
        assertThat(run("review/marks.js", BOXES + "return m.decisions(m.clear(m.place(m.read(item), 'a2', [0, 0, 1, 1]), 'a2'))")).isEqualTo("[]");
        assertThat(run("review/marks.js", BOXES + "return m.acceptAbove(m.read(item), {cat: 0.5, dog: 0.5}).map((box) => box.mark)"))
                .as("what is settled stays").isEqualTo("[\"accept\",null,null]");
        assertThat(run("review/marks.js", BOXES + "return m.rejectBelow(m.read(item), {cat: 0.5, dog: 0.5}).map((box) => box.mark)"))
                .isEqualTo("[null,\"reject\",null]");
        assertThat(run("review/marks.js", "return m.matching(['bobcat', 'cat', 'cattle', 'dog'], 'Cat')")).isEqualTo("[\"cat\",\"cattle\",\"bobcat\"]");
    }

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
    void theHistoryOfAnImageTellsWhatWasBeforeAndAfter() {
        assertThat(run("review/history.js", """
                const box = { category: 'cat', bbox: [1, 2.25, 3, 4], status: 'PROPOSED' };
                return [m.change({ action: 'accept', before: box, after: { ...box, status: 'ACCEPTED' } }), m.change({ action: 'draw', after: { ...box, status: 'CORRECTED' } }),
                  m.change({ action: 'move', before: box, after: { ...box, category: 'dog', bbox: [2, 2.25, 3, 4], status: 'CORRECTED' } })].map(Object.values);"""))
                .isEqualTo("[[\"accepted\",\"cat, proposed\",\"cat, accepted\"],[\"drawn\",\"no box\",\"cat, corrected, x 1, y 2.3, 3 × 4\"],"
                        + "[\"placed anew\",\"cat, proposed, x 1, y 2.3, 3 × 4\",\"dog, corrected, x 2, y 2.3, 3 × 4\"]]");
    }

    @Test
    void aCommentIsKeptAsMarksAreUntilItIsSent() {
        assertThat(run("review/sitting.js", STORAGE + """
                const { Outbox } = await import('/console/review/outbox.js');
                const sent = [];
                const outbox = new Outbox({ storage, owner: 'ann', send: async (entry) => { sent.push(entry.body.comment); return {}; } });
                const item = { id: 1, version: 0, image: { id: 1 }, boxes: [] };
                const queue = { held: async () => [], claim: async () => [structuredClone(item)] };
                const before = new m.Sitting({ queue, outbox, storage, now: () => 0 });
                await before.refill();
                before.comment('look again');
                // The page was loaded again.
                const after = new m.Sitting({ queue, outbox, storage, now: () => 0 });
                await after.refill();
                const kept = after.shown.comment;
                queue.claim = async () => [];
                after.save();
                while (outbox.entries().length) { await new Promise((rest) => setTimeout(rest, 1)); }
                return [kept, sent, storage.length];""")).isEqualTo("[\"look again\",[\"look again\"],0]");
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
    void promptsOfRunsAreVersionsEachOnce() {
        assertThat(run("prompts.js", """
                const cat = { category: 'cat', phrase: 'cat' };
                const dog = { category: 'dog', phrase: 'a brown dog' };
                const versions = m.versionsOf([{ id: 9, prompts: [cat], createdAt: 'now' }, { id: 7, prompts: [cat, dog], createdAt: 'then' }, { id: 4, prompts: [cat], createdAt: 'long ago' }]);
                const many = { number: 3, run: 8, prompts: [cat, dog, cat, dog] };
                return [versions.map(({ number, run, createdAt }) => [number, run, createdAt]), m.promptsOf(m.rowsOf(versions[1])), m.versionText(many)];"""))
                .isEqualTo("[[[1,9,\"now\"],[2,7,\"then\"]],[{\"category\":\"cat\"},{\"category\":\"dog\",\"phrase\":\"a brown dog\"}],\"Version 3, run 8: cat, dog, cat and 1 more\"]");
    }

    @Test
    void undoGoesBackAcrossImages() {
        assertThat(run("review/sitting.js", STORAGE + """
                const { Outbox } = await import('/console/review/outbox.js');
                const { accept } = await import('/console/review/marks.js');
                const waiting = [1, 2, 3, 4, 5].map((id) => ({ id, version: 0, image: { id }, boxes: [{ annotation: id * 10, version: 0, category: 'cat', bbox: [0, 0, 9, 9], score: 0.5, open: true }] }));
                const sent = [];
                const outbox = new Outbox({ storage, owner: 'ann', send: async (entry) => {
                  sent.push([entry.kind, entry.item, entry.body.version ?? null, entry.body.boxes?.map((box) => box.version) ?? null]);
                  return entry.kind === 'undo' ? { item: entry.item, now: { id: entry.item, version: 2, image: { id: entry.item }, boxes: [{ annotation: entry.item * 10, version: 2, category: 'cat', bbox: [0, 0, 9, 9], open: true }] } } : { item: entry.item };
                }, onAnswered: (entry, answer) => sitting.answered({ entry, answer }) });
                const sitting = new m.Sitting({ queue: { held: async () => [], claim: async (count) => waiting.splice(0, count) }, outbox, storage, now: () => 0 });
                await sitting.refill();
                const held = [sitting.current, [...sitting.ahead]];
                sitting.edit(accept(sitting.shown.boxes, 'a10'));
                sitting.save();
                await new Promise((done) => setTimeout(done, 50));
                const after = [sitting.current, [...sitting.ahead]];
                sitting.undo();
                const back = [sitting.current, sitting.shown.boxes[0].mark];
                sitting.undo();
                const bare = sitting.shown.boxes[0].mark;
                sitting.redo();
                sitting.redo();
                await new Promise((done) => setTimeout(done, 50));
                return [held, after, back, bare, sitting.current, sent];"""))
                .as("decided again with the versions that the undo made")
                .isEqualTo("[[1,[2,3,4]],[2,[3,4,5]],[1,\"accept\"],null,2,[[\"decide\",1,0,[0]],[\"undo\",1,null,null],[\"decide\",1,2,[2]]]]");
    }

    @Test
    void aCropShowsSomeOfWhatIsAroundItsBox() {
        String image = "{width: 100, height: 50}";
        assertThat(run("boxes.js", "return m.framed([40, 20, 20, 10], " + image + ", 2).map((n) => Math.round(n * 1e6) / 1e6)")).isEqualTo("[37,18.5,26,13]");
        assertThat(run("boxes.js", "return m.framed([0, 40, 20, 10], " + image + ", 2).map((n) => Math.round(n * 1e6) / 1e6)")).as("not beyond the edges").isEqualTo("[0,37,26,13]");
        assertThat(run("boxes.js", "return m.framed([0, 0, 100, 50], " + image + ", 2).map((n) => Math.round(n * 1e6) / 1e6)")).as("in the middle").isEqualTo("[-15,-7.5,130,65]");
    }

    @Test
    void keysOfTheGalleryHaveNoConflictsAndExtendOnlySoFar() {
        assertThat(run("review/keys.js", STORAGE + "const keys = new m.KeyMap(storage, 'g', m.GALLERY_ACTIONS); return [keys.conflicts(), keys.actionOf('Shift+ArrowDown'), keys.actionOf('Space')];"))
                .isEqualTo("[[],\"extend-down\",\"toggle\"]");
        assertThat(run("review/selection.js", """
                let s = m.toggle(m.none(2), 4);
                s = m.move(s, 5, 10);
                s = m.extend(s, 6, 10, 4);
                const two = m.chosen(s);
                s = m.extend(s, 9, 10, 4);
                const full = [m.chosen(s), s.full, m.isChosen(s, 7), m.isChosen(s, 8)];
                s = m.extend(s, 4, 10, 4);
                const back = [m.chosen(s), s.full];
                s = m.toggle(m.move(s, 2, 10), 4);
                return [two, full, back, m.chosen(s), m.move(s, 99, 10).cursor];"""))
                .isEqualTo("[[2,5,6],[[2,5,6,7],true,true,false],[[2,4,5],false],[4,5],9]");
    }

    @Test
    void picturesOfWhatIsScrolledPastAreNotAskedForOrGivenUp() {
        assertThat(run("review/pictures.js", """
                const asked = [];
                const given = [];
                const ends = {};
                const pictures = new m.Pictures({ most: 2, restMillis: 20, load: (key) => { asked.push(key); return { done: new Promise((end) => { ends[key] = end; }), cancel: () => given.push(key) }; } });
                const rest = (millis) => new Promise((done) => setTimeout(done, millis));
                pictures.want('past');
                pictures.drop('past');
                ['a', 'b', 'c', 'd'].forEach((key) => pictures.want(key));
                await rest(60);
                const first = [...asked];
                pictures.drop('a');
                pictures.drop('d');
                ends.b();
                await rest(0);
                return [first, given, asked];""")).isEqualTo("[[\"a\",\"b\"],[\"a\"],[\"a\",\"b\",\"c\"]]");
    }

    @Test
    void onlyPagesThatAreLookedAtAreRead() {
        assertThat(run("review/crops.js", """
                const asked = [];
                const page = (after, until, signal) => new Promise((done, fail) => {
                  asked.push([after, until]);
                  signal.addEventListener('abort', () => fail(new Error('aborted')));
                  // Somebody decided about one of the second page.
                  setTimeout(() => done({ items: after === 'e1' ? [{ annotation: 21 }] : [{ annotation: 1 }, { annotation: 2 }] }), 10);
                });
                const problems = [];
                const crops = await new m.Crops({ size: 2, places: async () => ({ total: 7, ends: ['e1', 'e2', 'e3'] }), page, onProblem: (problem) => problems.push(problem) }).open();
                crops.want(0, 0);
                crops.want(6, 6);
                const those = crops.those([2, 3]);
                crops.want(6, 6);
                const found = await those;
                await new Promise((done) => setTimeout(done, 30));
                return [asked, crops.at(0), crops.at(2), crops.at(3) === m.GONE, crops.at(6), found, problems];"""))
                .as("the first was stopped, but not what is awaited").isEqualTo("[[[null,\"e1\"],[\"e3\",null],[\"e1\",\"e2\"]],null,{\"annotation\":21},true,{\"annotation\":1},[{\"annotation\":21}],[]]");
    }

    @Test
    void manyDecisionsAreTakenBackOrMadeAgain() {
        assertThat(run("review/deciding.js", STORAGE + """
                const { Outbox } = await import('/console/review/outbox.js');
                const versions = { 1: 0, 2: 5 };
                const sent = [];
                const send = async (entry) => {
                  sent.push([entry.kind, entry.body.undoes ?? entry.body.boxes.map((box) => [box.annotation, box.version, box.action])]);
                  const wanted = entry.kind === 'undo' ? [entry.body.undoes === 'r1' ? 1 : 2].map((annotation) => ({ annotation, version: versions[annotation] })) : entry.body.boxes;
                  const right = wanted.filter((box) => versions[box.annotation] === box.version);
                  const stale = wanted.filter((box) => versions[box.annotation] !== box.version).map(({ annotation }) => ({ annotation, version: versions[annotation], status: 'REJECTED' }));
                  const decisions = [{ boxes: right.map(({ annotation }) => ({ annotation, after: { version: ++versions[annotation] } })) }];
                  if (stale.length) { throw Object.assign(new Error('stale'), { status: 409, current: { boxes: stale, decisions } }); }
                  return { decisions };
                };
                let number = 0;
                const outbox = new Outbox({ storage, owner: 'ann', send, onAnswered: (entry, answer) => deciding.answered({ entry, answer }) });
                const deciding = new m.Deciding({ outbox, newId: () => `r${++number}`, now: () => 0 });
                const rest = () => new Promise((done) => setTimeout(done, 20));
                const crops = [{ annotation: 1, version: 0 }, { annotation: 2, version: 4 }];
                const first = [deciding.decide(crops, 'accept'), deciding.decide(crops, 'reject')];
                await rest();
                const state = deciding.states();
                const conflict = [state(1), state(2).phase, state(2).theirs.status];
                deciding.insist(outbox.entries()[0]);
                await rest();
                const mine = [1, 2].map((id) => deciding.states()(id));
                deciding.undo();
                await rest();
                deciding.undo();
                await rest();
                return [first, conflict, mine, deciding.states()(1), outbox.entries().length, sent];"""))
                .isEqualTo("[[2,0],[{\"action\":\"accept\",\"phase\":\"saved\"},\"conflict\",\"REJECTED\"],[{\"action\":\"accept\",\"phase\":\"saved\"},{\"action\":\"accept\",\"phase\":\"saved\"}],"
                        + "null,0,[[\"decide\",[[1,0,\"accept\"],[2,4,\"accept\"]]],[\"decide\",[[2,5,\"accept\"]]],[\"undo\",\"r2\"],[\"undo\",\"r1\"]]]");
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

    @Test
    void whatWasTakenBackIsDoneAgainOnceTheServerHasTakenItBack() {
        assertThat(run("review/deciding.js", STORAGE + """
                const { Outbox } = await import('/console/review/outbox.js');
                let version = 0;
                const sent = [];
                const send = async (entry) => {
                  sent.push(entry.kind === 'undo' ? [entry.requestId, entry.body.undoes] : [entry.requestId, entry.body.boxes[0].version, entry.body.boxes[0].action]);
                  return { decisions: [{ boxes: [{ annotation: 1, after: { version: ++version } }] }] };
                };
                let number = 0;
                const outbox = new Outbox({ storage, owner: 'ann', send, onAnswered: (entry, answer) => deciding.answered({ entry, answer }) });
                const deciding = new m.Deciding({ outbox, newId: () => `r${++number}`, now: () => 0 });
                const rest = async () => { while (outbox.entries().length) { await new Promise((done) => setTimeout(done, 1)); } };
                deciding.decide([{ annotation: 1, version: 0 }], 'reject');
                await rest();
                deciding.undo();
                const early = deciding.redo();
                await rest();
                deciding.forget();
                const done = deciding.redo();
                await rest();
                const state = deciding.states()(1);
                const more = deciding.redo();
                deciding.undo();
                await rest();
                return [early, done, state, more, deciding.states()(1), deciding.decided, sent];"""))
                .isEqualTo("[null,1,{\"action\":\"reject\",\"phase\":\"saved\"},0,null,0,[[\"r1\",0,\"reject\"],[\"r2\",\"r1\"],[\"r3\",2,\"reject\"],[\"r4\",\"r3\"]]]");
    }

    @Test
    void undoHasTheKeyOfOtherProgramsToo() {
        assertThat(run("review/keys.js", STORAGE + """
                const keys = new m.KeyMap(storage, 'g', m.GALLERY_ACTIONS);
                const pressed = [{ key: 'z', ctrlKey: true }, { key: 'Z', ctrlKey: true, shiftKey: true }, { key: 'z', metaKey: true }, { key: 'z' }];
                const found = pressed.map((event) => keys.actionOf(m.written(event)));
                keys.bind('accept', 'Ctrl+z');
                return [...found, keys.actionOf('Ctrl+z'), new m.KeyMap(storage).actionOf('Ctrl+Shift+Z')];"""))
                .isEqualTo("[\"undo\",\"redo\",\"undo\",null,\"accept\",\"redo\"]");
    }
}
