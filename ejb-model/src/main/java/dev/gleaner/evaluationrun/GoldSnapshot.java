package dev.gleaner.evaluationrun;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.format.Sha256;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes down images and the gold on them, so that later decisions change nothing in what was measured or trained with it. Its
 * tables have the columns of {@code evaluation_images}, and one that names their owner.
 */
public final class GoldSnapshot {

    /** The images, and on each its gold boxes of the categories as one JSON value. */
    private static final String FREEZE = """
            insert into %1$s (%2$s, image_id, sha256, absent, not_exhaustive, gold)
            select :owner, i.id, i.sha256, i.absent, i.not_exhaustive, coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'category', a.category_id,
                       'x', a.x, 'y', a.y, 'width', a.width, 'height', a.height, 'crowd', a.is_crowd) order by a.id)
                       filter (where a.id is not null), '[]')
              from images i
              left join annotations a on a.image_id = i.id and a.status in (:gold) and a.category_id in (:categories)
             where i.id = any(cast(:images as bigint[]))
             group by i.id
            """;

    /** A line for each image, some at a time. */
    private static final String LINES = """
            select image_id, concat_ws(' ', image_id, sha256, gold, absent, not_exhaustive%3$s) from %1$s where %2$s = :owner and image_id > :after
             order by image_id limit :page
            """;
    private static final int PAGE = 1000;

    private static final String COUNT = "select coalesce(sum(jsonb_array_length(gold)), 0) from %1$s where %2$s = :owner";

    private final EntityManager entities;
    private final String table;
    private final String ownerColumn;
    private final String more;

    /**
     * @param ownerColumn the column that says whose the row is
     * @param more        columns that the digest is over as well, where they are not null
     */
    public GoldSnapshot(EntityManager entities, String table, String ownerColumn, String... more) {
        this.entities = entities;
        this.table = table;
        this.ownerColumn = ownerColumn;
        this.more = Arrays.stream(more).map(column -> ", " + column).collect(Collectors.joining());
    }

    /** Writes the rows of one owner. */
    public void freeze(long owner, Collection<Long> images, Collection<Long> categories) {
        entities.createNativeQuery(FREEZE.formatted(table, ownerColumn))
                .setParameter("owner", owner)
                .setParameter("gold", Annotation.Status.GOLD.stream().map(Enum::name).toList())
                .setParameter("categories", categories)
                .setParameter("images", images.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}")))
                .executeUpdate();
    }

    /** Writes for one owner what another one has. */
    public void copy(long from, long owner) {
        entities.createNativeQuery("insert into %1$s (%2$s, image_id, sha256, absent, not_exhaustive, gold) select :owner, image_id, sha256, absent,"
                        .formatted(table, ownerColumn) + " not_exhaustive, gold from %1$s where %2$s = :from".formatted(table, ownerColumn))
                .setParameter("owner", owner).setParameter("from", from).executeUpdate();
    }

    /** SHA-256 over the ids, contents and gold boxes of the owner's images, a line for each, by id; neither here nor there all of them are held at a time. */
    public String digest(long owner) {
        MessageDigest digest = Sha256.digest();
        boolean first = true;
        long after = Long.MIN_VALUE;
        for (List<?> page = lines(owner, after); !page.isEmpty(); page = lines(owner, after)) {
            for (Object line : page) {
                Object[] row = (Object[]) line;
                digest.update(((first ? "" : "\n") + row[1]).getBytes(StandardCharsets.UTF_8));
                first = false;
                after = ((Number) row[0]).longValue();
            }
        }
        return Sha256.hex(digest);
    }

    private List<?> lines(long owner, long after) {
        return entities.createNativeQuery(LINES.formatted(table, ownerColumn, more)).setParameter("owner", owner).setParameter("after", after)
                .setParameter("page", PAGE).getResultList();
    }

    /** How many gold boxes its images have. */
    public int boxes(long owner) {
        return ((Number) entities.createNativeQuery(COUNT.formatted(table, ownerColumn), Long.class).setParameter("owner", owner).getSingleResult()).intValue();
    }
}
