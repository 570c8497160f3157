package dev.gleaner;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Lays the screenshots that browser tests have saved side by side, {@code target/screenshots/pages.jpg}: the README shows a copy. Those of tests
 * that did not run are left out.
 */
final class PagesPicture {

    private static final int COLUMNS = 4;
    private static final int WIDTH = 400;
    private static final int HEIGHT = 281;
    private static final int TITLE = 24;
    private static final int GAP = 12;
    private static final Color PAPER = new Color(0xeeeeee);

    /** A page by the name of its screenshot, and what it is. */
    private record Page(String name, String title) { }

    private static final List<Page> PAGES = List.of(
            new Page("sign-in-password", "Sign in"), new Page("overview", "Overview"), new Page("new-dataset-yolo", "A dataset is registered"),
            new Page("dataset-preflight", "What its preflight says"), new Page("dataset", "A dataset"),
            new Page("dataset-categories", "Its categories"), new Page("dataset-update", "Boxes from a file, compared first"),
            new Page("dataset-export", "Export"), new Page("try-versions", "Try a prompt"), new Page("new-run", "A labeling run is ordered"),
            new Page("runs", "Labeling runs"), new Page("run-completed", "A labeling run"), new Page("run-quarantine", "Images set aside"),
            new Page("image-history", "Who decided what about an image"), new Page("new-queue", "A review queue is made"),
            new Page("queue-items", "A queue"), new Page("review", "Review"), new Page("review-keys", "Its keys"),
            new Page("review-conflict", "Two decided at once"), new Page("gallery", "Gallery"), new Page("quality", "Quality"),
            new Page("last-word", "The last word where reviewers differ"), new Page("models", "Model versions"),
            new Page("compare", "Two versions compared"), new Page("evaluations", "Evaluations"), new Page("evaluation", "An evaluation"),
            new Page("fine-tune", "A fine-tune"), new Page("few-shot", "A few-shot study"), new Page("new-round", "A round is ordered"),
            new Page("round-promoted", "A self-training round"), new Page("rounds", "Rounds"), new Page("schedule", "When rounds begin"),
            new Page("platforms", "Platforms"), new Page("events", "Events"), new Page("users", "Users"), new Page("account", "An account"));

    private PagesPicture() { }

    /** @param arguments the folder of the screenshots */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        List<Page> there = PAGES.stream().filter(page -> Files.exists(file(folder, page))).toList();
        if (there.isEmpty()) {
            return;
        }
        PAGES.stream().filter(page -> !there.contains(page)).forEach(page -> System.out.println("no screenshot " + page.name() + ": its test did not run"));
        int rows = (there.size() + COLUMNS - 1) / COLUMNS;
        BufferedImage sheet = new BufferedImage(GAP + COLUMNS * (WIDTH + GAP), GAP + rows * (TITLE + HEIGHT + GAP), BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = sheet.createGraphics();
        pen.setColor(PAPER);
        pen.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        for (int i = 0; i < there.size(); i++) {
            int x = GAP + i % COLUMNS * (WIDTH + GAP);
            int y = GAP + i / COLUMNS * (TITLE + HEIGHT + GAP);
            pen.setColor(Color.DARK_GRAY);
            pen.drawString(there.get(i).title(), x, y + TITLE - 8);
            pen.drawImage(top(ImageIO.read(file(folder, there.get(i)).toFile())), x, y + TITLE, null);
        }
        pen.dispose();
        ImageIO.write(sheet, "jpg", folder.resolve("pages.jpg").toFile());
    }

    private static Path file(Path folder, Page page) {
        return folder.resolve(page.name() + ".png");
    }

    /** What is seen of a page before it is scrolled. */
    private static BufferedImage top(BufferedImage page) {
        Image whole = page.getScaledInstance(WIDTH, -1, Image.SCALE_AREA_AVERAGING);
        BufferedImage top = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = top.createGraphics();
        pen.setColor(Color.WHITE);
        pen.fillRect(0, 0, WIDTH, HEIGHT);
        pen.drawImage(whole, 0, 0, null);
        pen.dispose();
        return top;
    }
}
