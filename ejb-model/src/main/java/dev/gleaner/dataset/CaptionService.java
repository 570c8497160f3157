package dev.gleaner.dataset;

import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.format.SourceCaption;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Captions of a dataset's images. */
@Stateless
public class CaptionService {

    private static final int MOST_FAULTS = 20;

    @Inject
    private DatasetRepository datasets;

    protected CaptionService() {
    }

    public CaptionService(DatasetRepository datasets) {
        this.datasets = datasets;
    }

    /**
     * A caption for an image.
     *
     * @param file    the name that the dataset's source knows the image by
     * @param caption null takes away the one that is there
     */
    public record Given(String file, String caption) {
    }

    /** An image with its caption. */
    public record Captioned(Image image, ImageCaption caption) {
    }

    /**
     * Gives images captions, in place of those they have; other images keep theirs.
     *
     * @param givenBy whose captions they are
     * @throws NotFound     if there is no such dataset
     * @throws InvalidInput naming the files that it does not have or that come twice, and captions that are blank or too long
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public void put(long dataset, List<Given> captions, String givenBy) {
        Dataset known = datasets.find(dataset).orElseThrow(() -> new NotFound("dataset", dataset));
        Map<String, Image> images = new HashMap<>();
        datasets.images(known.id(), 0, Integer.MAX_VALUE).forEach(image -> images.put(image.fileName(), image));
        List<Fault> faults = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < captions.size() && faults.size() < MOST_FAULTS; i++) {
            Given given = captions.get(i);
            String file = given == null ? null : given.file();
            if (file == null || !images.containsKey(file)) {
                faults.add(new Fault("[" + i + "].file", file, "the name of an image of the dataset"));
            } else if (!seen.add(file)) {
                faults.add(new Fault("[" + i + "].file", file, "a name not listed before"));
            }
            if (given != null && given.caption() != null && (given.caption().isBlank() || given.caption().length() > SourceCaption.MAX_LENGTH)) {
                faults.add(new Fault("[" + i + "].caption", given.caption(), "1 to " + SourceCaption.MAX_LENGTH + " characters, not all of them blank; or none to take it away"));
            }
        }
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
        for (Given given : captions) {
            Image image = images.get(given.file());
            if (given.caption() == null) {
                datasets.removeCaption(image.id());
            } else {
                datasets.put(new ImageCaption(image, given.caption(), givenBy));
            }
        }
    }

    /**
     * Images of the dataset that have captions, with ids above {@code after}, by id, at most {@code limit} of them.
     *
     * @throws NotFound if there is no such dataset
     */
    @PermitAll
    public List<Captioned> captions(long dataset, long after, int limit) {
        Dataset known = datasets.find(dataset).orElseThrow(() -> new NotFound("dataset", dataset));
        return datasets.captions(known.id(), after, limit);
    }
}
