package dev.gleaner.annotation;

import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.Image;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Shows the boxes of datasets and images. */
@Stateless
public class AnnotationService {

    private static final int MAX_PAGE = 1000;

    @Inject
    private AnnotationRepository annotations;
    @Inject
    private DatasetService datasets;

    /**
     * A page of the dataset's boxes, by id; none while it is not ready.
     *
     * @param statuses which to show
     * @param after    the last id of the page before; 0 for the first
     * @param limit    1 to 1000
     * @throws NotFound     if there is no such dataset
     * @throws InvalidInput if the limit is out of range
     */
    @PermitAll
    public List<FiledBox> ofDataset(long dataset, Set<Status> statuses, long after, int limit) {
        checkLimit(limit);
        return annotations.filed(datasets.get(dataset).id(), statuses, after, limit);
    }

    /**
     * The image's boxes of these statuses, by id.
     *
     * @throws NotFound if there is no such image
     */
    @PermitAll
    public List<FiledBox> ofImage(long image, Set<Status> statuses) {
        return annotations.filedOfImages(List.of(datasets.image(image).id()), statuses);
    }

    /** These images' boxes of these statuses, by id of the image; images without are left out. */
    @PermitAll
    public Map<Long, List<FiledBox>> ofImages(List<Image> images, Set<Status> statuses) {
        return annotations.filedOfImages(images.stream().map(Image::id).toList(), statuses).stream()
                .collect(Collectors.groupingBy(box -> box.annotation().imageId()));
    }

    /**
     * A page of those of the dataset's images that have a box of one of these statuses, by id.
     *
     * @param after the last id of the page before; 0 for the first
     * @param limit 1 to 1000
     * @throws NotFound     if there is no such dataset
     * @throws InvalidInput if the limit is out of range
     */
    @PermitAll
    public List<Image> imagesWith(long dataset, Set<Status> statuses, long after, int limit) {
        checkLimit(limit);
        return annotations.imagesWith(datasets.get(dataset).id(), statuses, after, limit);
    }

    /**
     * Statuses by name.
     *
     * @param names in any case; empty stands for the fallback
     * @throws InvalidInput if one is unknown, naming the field {@code status}
     */
    public static Set<Status> statuses(Collection<String> names, Set<Status> fallback) {
        if (names.isEmpty()) {
            return fallback;
        }
        EnumSet<Status> statuses = EnumSet.noneOf(Status.class);
        for (String name : names) {
            statuses.add(EnumSet.allOf(Status.class).stream().filter(status -> status.name().equalsIgnoreCase(name)).findFirst()
                    .orElseThrow(() -> new InvalidInput("status", name, "one of " + EnumSet.allOf(Status.class))));
        }
        return statuses;
    }

    private static void checkLimit(int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new InvalidInput("limit", limit, "1 to " + MAX_PAGE);
        }
    }
}
