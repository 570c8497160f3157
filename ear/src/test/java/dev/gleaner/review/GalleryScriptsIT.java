package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the gallery is made of. */
class GalleryScriptsIT extends ScriptsTest {

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
}
