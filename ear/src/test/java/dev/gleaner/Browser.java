package dev.gleaner;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A headless Chromium that talks to nobody but the page it is given. Debian's packages are installed when they are missing and that is allowed. */
public final class Browser implements AutoCloseable {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path CHROMEDRIVER = Path.of("/usr/bin/chromedriver");
    private static final String INSTALLATION = "apt-get update && apt-get install -y --no-install-recommends chromium chromium-driver";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path SCREENSHOTS = Path.of("target/screenshots");
    private static final int WIDTH = 1280;
    private static final int TABLET = 800;
    private static final String AXE = axe();

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    public static Browser start() {
        installIfMissing();
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.SEVERE);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toString());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=" + WIDTH + ",900");
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        return new Browser(new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(CHROMEDRIVER.toFile()).build(), options));
    }

    private static synchronized void installIfMissing() {
        if (Files.isExecutable(CHROMIUM) && Files.isExecutable(CHROMEDRIVER)) {
            return;
        }
        String asRoot = "root".equals(System.getProperty("user.name")) ? "" : "sudo -n ";
        try {
            Process process = new ProcessBuilder("sh", "-c", asRoot + "sh -c '" + INSTALLATION + "'").inheritIO().start();
            if (process.waitFor() != 0) {
                throw new AssertionError("The browser tests need Chromium; run: sudo sh -c '" + INSTALLATION + "'");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while Chromium was installed", e);
        }
    }

    public ChromeDriver driver() {
        return driver;
    }

    public void open(GleanerServer server, String path) {
        driver.get(server.baseUrl().resolve(path).toString());
    }

    /** Signs in with the administrator's token, and waits for the overview. */
    public void signIn(GleanerServer server) {
        signIn(server, server.token());
    }

    /** Signs in with a token, and waits for the overview. */
    public void signIn(GleanerServer server, String token) {
        open(server, "/");
        find("form input");
        if (findAll("input[name=token]").isEmpty()) {
            button("Sign in with a token").click();
        }
        find("input[name=token]").sendKeys(token);
        find("form button").click();
        awaitText("h1", "Overview");
    }

    /** Presses keys, wherever the focus is. */
    public void press(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    /** The first button with this text, once there is one, in sight: WebDriver takes what lies under the frame for visible, and cannot click it. */
    public WebElement button(String text) {
        await(() -> findAll("button").stream().anyMatch(button -> button.getText().equals(text)));
        WebElement found = findAll("button").stream().filter(button -> button.getText().equals(text)).findFirst().orElseThrow();
        driver.executeScript("arguments[0].scrollIntoView({block: 'nearest'});", found);
        return found;
    }

    /** The first element of a CSS selector, once it is visible. */
    public WebElement find(String selector) {
        return new WebDriverWait(driver, PATIENCE).until(ExpectedConditions.visibilityOfElementLocated(By.cssSelector(selector)));
    }

    public List<WebElement> findAll(String selector) {
        return driver.findElements(By.cssSelector(selector));
    }

    /** Waits until an element of a CSS selector shows a text. */
    public void awaitText(String selector, String text) {
        new WebDriverWait(driver, PATIENCE).until(ExpectedConditions.textToBePresentInElementLocated(By.cssSelector(selector), text));
    }

    /** Waits until the page has come to a state. */
    public void await(BooleanSupplier state) {
        new WebDriverWait(driver, PATIENCE).until(page -> state.getAsBoolean());
    }

    /** What the page's scripts and requests have complained of since the last call. */
    public List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream().map(LogEntry::getMessage).toList();
    }

    /** What axe-core finds on the page as it is, in both themes, that keeps people from using it: faults it calls serious or critical. */
    public List<String> barriers() {
        List<String> found = new ArrayList<>();
        for (String theme : List.of("light", "dark")) {
            driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
            driver.executeScript(AXE + "; window.axe = axe;");
            Object faults = driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
                    + "axe.run().then((result) => done(result.passes.length === 0 ? ['nothing was looked at'] : result.violations"
                    + ".filter((fault) => ['serious', 'critical'].includes(fault.impact))"
                    + ".map((fault) => fault.id + ': ' + fault.nodes.map((node) => node.html).join(', '))), (failure) => done([String(failure)]));");
            ((List<?>) faults).forEach(fault -> found.add(theme + ": " + fault));
        }
        return found;
    }

    private static String axe() {
        try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void screenshot(Path png) {
        try {
            Files.createDirectories(png.toAbsolutePath().getParent());
            Files.write(png, driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pictures of the whole page, in both themes, and as a tablet shows it. */
    public void pictures(String name) {
        picture(name + "-dark", WIDTH, "dark");
        picture(name, WIDTH, "light");
        picture(name + "-tablet", TABLET, "light");
        driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }

    private void picture(String name, int width, String theme) {
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
        view(width, 900);
        view(width, Math.max(900, ((Number) driver.executeScript("return document.documentElement.scrollHeight")).intValue()));
        screenshot(SCREENSHOTS.resolve(name + ".png"));
        Number beyond = (Number) driver.executeScript("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        if (beyond.intValue() > 0) {
            throw new AssertionError(name + " is " + beyond + " pixels wider than the " + width + " of the window");
        }
    }

    private void view(int width, int height) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
