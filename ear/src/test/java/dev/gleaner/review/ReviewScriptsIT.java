package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Marks, keys, undo and what else the review page is made of. */
class ReviewScriptsIT extends ScriptsTest {

    private static final String BOXES = """
            const item = { version: 3, boxes: [
              { annotation: 1, version: 0, category: 'cat', bbox: [0, 0, 10, 10], score: 0.9, open: true },
              { annotation: 2, version: 0, category: 'dog', bbox: [20, 20, 10, 10], score: 0.3, open: true },
              { annotation: 3, version: 5, category: 'cat', bbox: [40, 40, 10, 10], score: null, open: false }] };
            """;

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
