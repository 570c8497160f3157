package dev.gleaner.finetune;

import dev.gleaner.evaluationrun.GoldBox;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** An image of a fine-tune with its boxes by id, as they were when it was ordered. Only whether it is in quarantine changes. */
@Entity
@Table(name = "fine_tune_images")
@IdClass(FineTuneImage.Key.class)
class FineTuneImage {

    record Key(long fineTuneId, long imageId) implements Serializable {
    }

    @Id
    private long fineTuneId;
    @Id
    private long imageId;
    private String sha256;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<GoldBox> gold;
    private long[] absent;
    private long[] notExhaustive;
    private String quarantine;
    private Instant quarantinedAt;

    protected FineTuneImage() {
    }

    long imageId() {
        return imageId;
    }

    String sha256() {
        return sha256;
    }

    /** Boxes around a crowd teach nothing: the official training leaves them out as well. */
    List<GoldBox> boxes() {
        return gold.stream().filter(box -> !box.crowd()).toList();
    }

    /**
     * Categories it tells something of, as LVIS annotates: those with a box, and those known not to be there. Empty where its
     * boxes tell all there is.
     */
    Optional<Set<Long>> known() {
        if (absent == null) {
            return Optional.empty();
        }
        Set<Long> known = gold.stream().map(GoldBox::category).collect(Collectors.toSet());
        Arrays.stream(absent).forEach(known::add);
        return Optional.of(known);
    }
}
