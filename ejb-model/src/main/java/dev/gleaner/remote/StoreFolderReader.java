package dev.gleaner.remote;

import dev.gleaner.format.ImageFiles;
import dev.gleaner.format.RemoteAddress;
import dev.gleaner.format.SourceImage;
import dev.gleaner.format.SourceItem;
import dev.gleaner.format.SourceReader;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The images of a store whose keys begin as a folder's: as with a folder of this machine those that look like images by their extension, and
 * have no part that begins with a dot.
 */
final class StoreFolderReader implements SourceReader {

    private final ObjectStore store;
    private final RemoteAddress folder;
    private final String prefix;
    private Iterator<String> keys;

    StoreFolderReader(ObjectStore store, RemoteAddress folder) {
        this.store = store;
        this.folder = folder;
        this.prefix = folder.key().isEmpty() || folder.key().endsWith("/") ? folder.key() : folder.key() + "/";
    }

    @Override
    public Optional<SourceItem> next() throws IOException {
        try {
            if (keys == null) {
                keys = store.keys(folder.bucket(), prefix);
            }
            while (keys.hasNext()) {
                String key = keys.next();
                String name = key.substring(prefix.length());
                if (ImageFiles.hasImageExtension(name) && !("/" + name).contains("/.")) {
                    RemoteAddress address = new RemoteAddress("s3://" + folder.bucket() + "/" + key);
                    return Optional.of(new SourceImage(name, RemoteAddress.fileName(name), Optional.empty(), Optional.of(address), Optional.empty(), Optional.empty()));
                }
            }
            return Optional.empty();
        } catch (SdkException e) {
            throw store.unreachable(folder, e);
        } catch (IllegalArgumentException e) {
            throw new UnreachableImage(folder + " is no folder of a store: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        // The store is shared.
    }
}
