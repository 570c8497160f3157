package dev.gleaner.remote;

import dev.gleaner.Settings;
import dev.gleaner.format.RemoteAddress;
import dev.gleaner.format.Sha256;
import dev.gleaner.format.SourceReader;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Images that are not on this machine. Each is fetched when it is needed, once for all who need it, and kept in the data folder's
 * {@code cache/images} as long as there is room. What was imported is compared by its SHA-256 with what comes: another image under the same
 * address is an error.
 *
 * <p>Calls wait for the network, up to {@link Patience}, and touch no database.
 */
@ApplicationScoped
public class RemoteImages {

    private static final int PAGE = 1000;

    private RemoteSettings settings;
    private Patience patience;
    private ImageCache cache;
    private int page;
    private final Map<String, CompletableFuture<Path>> underway = new ConcurrentHashMap<>();
    private WebImages web;
    private ObjectStore store;

    protected RemoteImages() {
    }

    @Inject
    public RemoteImages(Settings settings, RemoteSettings remote) {
        this(settings.home(), remote, Patience.DEFAULT, PAGE);
    }

    RemoteImages(Path home, RemoteSettings settings, Patience patience, int page) {
        this.settings = settings;
        this.patience = patience;
        this.page = page;
        this.cache = new ImageCache(home.resolve("cache").resolve("images"), settings.cacheBytes());
    }

    /**
     * The images below {@code s3://BUCKET/FOLDER}.
     *
     * @throws IOException if the settings name no store
     */
    public SourceReader folder(RemoteAddress folder) throws IOException {
        return new StoreFolderReader(store(), folder);
    }

    /** Whether the settings name a store. */
    public boolean hasStore() {
        return settings.store().isPresent();
    }

    /**
     * Fetches an image that nothing is known of yet.
     *
     * @return a file that holds it, until there is no room any more
     * @throws IOException saying for people why it cannot be had
     */
    public Path fetch(RemoteAddress address) throws IOException {
        return once(address.text(), () -> fetch(address, Optional.empty()));
    }

    /**
     * An image that was imported.
     *
     * @param sha256 of its bytes
     * @return a file that holds it, until there is no room any more
     * @throws IOException saying for people why it cannot be had: it has changed, or its host or store does not give it
     */
    public Path file(RemoteAddress address, String sha256) throws IOException {
        Optional<Path> here = cache.find(sha256);
        return here.isPresent() ? here.get() : once(sha256 + " " + address.text(), () -> {
            Optional<Path> meanwhile = cache.find(sha256);
            return meanwhile.isPresent() ? meanwhile.get() : fetch(address, Optional.of(sha256));
        });
    }

    /** The bytes of an image that was imported, as {@link #file}. */
    public byte[] bytes(RemoteAddress address, String sha256) throws IOException {
        Optional<byte[]> here = cache.read(sha256);
        if (here.isPresent()) {
            return here.get();
        }
        file(address, sha256);
        return cache.read(sha256).orElseThrow(() -> new UnreachableImage(address + " was fetched, and could not be kept; expected room for it in the data folder"));
    }

    private Path fetch(RemoteAddress address, Optional<String> expected) throws IOException {
        Path unfinished = cache.unfinished();
        try {
            if (address.isStore()) {
                store().fetch(address, unfinished);
            } else {
                web().fetch(address, unfinished);
            }
            String sha256 = Sha256.of(unfinished);
            if (expected.isPresent() && !expected.get().equals(sha256)) {
                throw new UnreachableImage("changed since it was imported: " + address);
            }
            return cache.put(unfinished, sha256);
        } catch (RuntimeException e) {
            // A library that meets what it does not expect must not end a run of many images.
            throw new UnreachableImage(address + " cannot be fetched: " + e.getClass().getSimpleName(), e);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    @FunctionalInterface
    private interface Work {
        Path run() throws IOException;
    }

    /** Who comes while it is underway waits for it. */
    private Path once(String key, Work work) throws IOException {
        CompletableFuture<Path> mine = new CompletableFuture<>();
        CompletableFuture<Path> other = underway.putIfAbsent(key, mine);
        if (other != null) {
            return await(other);
        }
        try {
            Path file = work.run();
            mine.complete(file);
            return file;
        } catch (IOException | RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            underway.remove(key);
        }
    }

    private static Path await(CompletableFuture<Path> other) throws IOException {
        try {
            return other.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreachableImage("interrupted while another fetched it", e);
        } catch (ExecutionException e) {
            throw new UnreachableImage(e.getCause() instanceof IOException ? e.getCause().getMessage() : e.getCause().toString(), e.getCause());
        }
    }

    private synchronized WebImages web() {
        if (web == null) {
            web = new WebImages(settings, patience);
        }
        return web;
    }

    private synchronized ObjectStore store() throws IOException {
        if (store == null) {
            store = new ObjectStore(settings.store().orElseThrow(() -> new UnreachableImage(
                    "no S3-compatible store is known here; expected GLEANER_S3_ENDPOINT or GLEANER_S3_REGION")), patience, page);
        }
        return store;
    }

    @PreDestroy
    synchronized void close() {
        if (web != null) {
            web.close();
        }
        if (store != null) {
            store.close();
        }
    }
}
