package dev.gleaner.review;

import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * How long a reviewer waits for the next image: from the key that accepts and saves to the frame that shows the next image, decoded, in the packaged
 * product and a real browser on this machine. {@code ReviewPaceBenchmark [images] [milliseconds between two keys]}; it draws images of 1920 x 1280
 * pixels. The pause is what the prefetching has; without it the reviewer is faster than any server.
 */
public final class ReviewPaceBenchmark {

    private static final int WIDTH = 1920;
    private static final int HEIGHT = 1280;

    private static final String MOVE_ON = """
            const [moves, pause, done] = arguments;
            const picture = () => document.querySelector('box-editor svg image');
            const wait = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
            // The end of a task that begins after a frame was drawn.
            const drawn = () => new Promise((resolve) => requestAnimationFrame(() => {
              const channel = new MessageChannel();
              channel.port1.onmessage = resolve;
              channel.port2.postMessage(null);
            }));
            (async () => {
              const times = [];
              for (let move = 0; move < moves; move++) {
                await wait(pause);
                const before = picture().href.baseVal;
                const began = performance.now();
                document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', shiftKey: true, bubbles: true, cancelable: true }));
                while (!picture() || picture().href.baseVal === before) {
                  await drawn();
                }
                await picture().decode();
                await drawn();
                times.push(performance.now() - began);
              }
              return times;
            })().then(done, (failure) => done(String(failure)));
            """;

    private ReviewPaceBenchmark() {
    }

    public static void main(String[] arguments) throws IOException {
        int images = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 60;
        int pause = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1000;
        Path folder = Files.createTempDirectory("gleaner-pace").toRealPath();
        try (GleanerServer server = GleanerServer.start(folder.resolve("home"), Map.of("JAVA_TOOL_OPTIONS", "")); Browser browser = Browser.start()) {
            Reviewing reviewing = new Reviewing(server, draw(folder.resolve("images"), images).toString());
            long queue = reviewing.queue("pace");
            browser.signIn(server);
            browser.driver().manage().timeouts().scriptTimeout(Duration.ofMinutes(30));
            Reviewing.begin(browser, server, queue);
            Object times = browser.driver().executeAsyncScript(MOVE_ON, reviewing.items(queue).size() - 5, pause);
            if (!(times instanceof List<?> list)) {
                throw new IllegalStateException("the page says: " + times);
            }
            print(list.stream().mapToDouble(time -> ((Number) time).doubleValue()).sorted().toArray(), pause);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
    }

    private static void print(double[] sorted, int pause) {
        System.out.printf(Locale.ROOT, "moving on to the next of %d images of %d x %d, %d ms between two keys: median %.0f ms, p95 %.0f ms, slowest %.0f ms%n", sorted.length,
                WIDTH, HEIGHT, pause, sorted[sorted.length / 2], sorted[(int) Math.ceil(0.95 * sorted.length) - 1], sorted[sorted.length - 1]);
    }

    /** Noisy, so that a file is as large as a photo's: 1 MB or so. */
    private static Path draw(Path folder, int number) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < number; i++) {
            Random random = new Random(i);
            BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    image.setRGB(x, y, Color.HSBtoRGB(0.3f, 0.3f, 0.5f + 0.1f * random.nextFloat()));
                }
            }
            Graphics2D graphics = image.createGraphics();
            graphics.setColor(Color.RED);
            graphics.fillOval(random.nextInt(WIDTH - 400), random.nextInt(HEIGHT - 400), 400, 400);
            graphics.setColor(Color.BLUE);
            graphics.fillRect(random.nextInt(WIDTH - 300), random.nextInt(HEIGHT - 300), 300, 300);
            graphics.dispose();
            ImageIO.write(image, "jpeg", folder.resolve("image-" + i + ".jpg").toFile());
        }
        return folder;
    }
}
