package dev.gleaner.dataset;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A sentence that somebody gave for an image; it says what is there, not where. Training rounds can ground it. */
@Entity
@Table(name = "image_captions")
public class ImageCaption {

    @Id
    private long imageId;
    private String caption;
    private String setBy;
    private Instant setAt;

    protected ImageCaption() {
    }

    ImageCaption(Image image, String caption, String setBy) {
        this.imageId = image.id();
        this.caption = caption;
        this.setBy = setBy;
        this.setAt = Instant.now();
    }

    public long imageId() {
        return imageId;
    }

    public String caption() {
        return caption;
    }

    /** Whose token gave it; {@code import} where it came with the images. */
    public String setBy() {
        return setBy;
    }

    public Instant setAt() {
        return setAt;
    }
}
