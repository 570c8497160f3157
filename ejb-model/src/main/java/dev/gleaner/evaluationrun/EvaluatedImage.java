package dev.gleaner.evaluationrun;

import dev.gleaner.evaluation.TruthImage;
import dev.gleaner.format.CocoWriter;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** An image of an evaluation, with its gold boxes of the evaluated categories by id. Written once, when the evaluation is ordered. */
@Entity
@Immutable
@Table(name = "evaluation_images")
@IdClass(EvaluatedImage.Key.class)
class EvaluatedImage {

    record Key(long evaluationId, long imageId) implements Serializable {
    }

    @Id
    private long evaluationId;
    @Id
    private long imageId;
    private String sha256;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<GoldBox> gold;
    private long[] absent;
    private long[] notExhaustive;

    protected EvaluatedImage() {
    }

    long imageId() {
        return imageId;
    }

    List<GoldBox> gold() {
        return gold;
    }

    /** What it tells of categories it has no box of, as LVIS annotates; empty where its gold tells all there is. */
    Optional<CocoWriter.Known> known() {
        return absent == null ? Optional.empty() : Optional.of(new CocoWriter.Known(absent, notExhaustive));
    }

    /** @param all the evaluated categories: where gold tells all there is, nobody asks what is absent beside it */
    TruthImage truth(Set<Long> all) {
        return known().map(known -> new TruthImage(imageId, set(known.absent()), set(known.notExhaustive())))
                .orElseGet(() -> new TruthImage(imageId, all, Set.of()));
    }

    private static Set<Long> set(long[] ids) {
        return Arrays.stream(ids).boxed().collect(Collectors.toSet());
    }
}
