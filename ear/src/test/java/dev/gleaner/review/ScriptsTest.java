package dev.gleaner.review;

import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** For tests of modules of the console that know nothing of pages, by hand-worked examples, where they run: in a browser. */
@ExtendWith(GleanerServerExtension.class)
abstract class ScriptsTest {

    /** A storage as browsers have it. */
    static final String STORAGE = """
            const storage = (() => {
              const map = new Map();
              return { get length() { return map.size; }, key: (i) => [...map.keys()][i] ?? null, getItem: (k) => map.get(k) ?? null,
                setItem: (k, v) => map.set(k, String(v)), removeItem: (k) => map.delete(k) };
            })();
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
    static String run(String module, String script) {
        return (String) browser.driver().executeAsyncScript("const done = arguments[arguments.length - 1]; import('/console/" + module + "')"
                + ".then(async (m) => {" + script + "}).then((result) => done(JSON.stringify(result)), (e) => done(String(e.stack ?? e)));");
    }
}
