package dev.gleaner.dataset;

import dev.gleaner.Settings;
import dev.gleaner.format.Archive;
import dev.gleaner.format.ArchiveLimits;
import dev.gleaner.format.ArchiveReader;
import dev.gleaner.format.SourceReader;
import dev.gleaner.glip.checkpoint.AtomicFolder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;

/** Where the archives that datasets come from are unpacked to: a folder of the data folder for each dataset. */
@ApplicationScoped
public class Archives {

    private Path home;
    private ArchiveLimits limits;

    protected Archives() {
    }

    @Inject
    public Archives(Settings settings, ArchiveLimits limits) {
        this.home = folder(settings);
        this.limits = limits;
    }

    static Path folder(Settings settings) {
        return settings.home().resolve("archives");
    }

    /** Reads an archive, unpacking it first; an earlier attempt's files are removed. */
    public SourceReader read(long dataset, DatasetSource source) {
        return new ArchiveReader(source.format(), source.path(), limits, folder(dataset));
    }

    /** Removes what was unpacked for a dataset that did not come in. */
    public void remove(long dataset) throws IOException {
        AtomicFolder.delete(folder(dataset));
    }

    private Path folder(long dataset) {
        return home.resolve(Long.toString(dataset));
    }
}
