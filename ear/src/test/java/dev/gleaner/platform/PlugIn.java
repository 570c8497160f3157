package dev.gleaner.platform;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A stand-in for a platform that somebody adds to the application. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class PlugIn implements LabelingPlatform {

    @Override
    public String name() {
        return "plug-in";
    }

    @Override
    public String title() {
        return "Plug-in";
    }

    @Override
    public Needs needs() {
        return new Needs(null, null, null);
    }

    @Override
    public Described describe(PlatformAccess access, String project) {
        return new Described("only", "The only one", null);
    }

    @Override
    public List<PlatformTask> tasks(PlatformProject project, int page) {
        return List.of();
    }

    @Override
    public Map<String, String> images(PlatformProject project, PlatformTask task) {
        return Map.of();
    }

    @Override
    public byte[] image(PlatformProject project, PlatformTask task, String address) {
        return new byte[0];
    }

    @Override
    public Set<String> labels(PlatformProject project) {
        return Set.of();
    }

    @Override
    public void put(PlatformProject project, PlatformPrediction prediction) {
        // Nobody asks for it.
    }

    @Override
    public List<PlatformReview> reviews(PlatformProject project) {
        return List.of();
    }
}
