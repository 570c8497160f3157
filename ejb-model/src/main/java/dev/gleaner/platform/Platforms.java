package dev.gleaner.platform;

import dev.gleaner.NotFound;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The platforms that there are. */
@ApplicationScoped
public class Platforms {

    private Iterable<LabelingPlatform> platforms;

    protected Platforms() {
    }

    @Inject
    Platforms(@Any Instance<LabelingPlatform> platforms) {
        this.platforms = platforms;
    }

    public Platforms(List<LabelingPlatform> platforms) {
        this.platforms = platforms;
    }

    /** By title. */
    public List<LabelingPlatform> all() {
        return StreamSupport.stream(platforms.spliterator(), false).sorted(Comparator.comparing(LabelingPlatform::title)).toList();
    }

    /** The platform of this name; empty if its module is not there, or not any more. */
    public Optional<LabelingPlatform> find(String name) {
        return all().stream().filter(platform -> platform.name().equals(name)).findFirst();
    }

    /** @throws NotFound if there is none of this name */
    public LabelingPlatform get(String name) {
        return find(name).orElseThrow(() -> new NotFound("labeling platform", name));
    }
}
