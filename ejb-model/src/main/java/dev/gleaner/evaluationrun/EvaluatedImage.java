package dev.gleaner.evaluationrun;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.List;
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

    protected EvaluatedImage() {
    }

    long imageId() {
        return imageId;
    }

    List<GoldBox> gold() {
        return gold;
    }
}
