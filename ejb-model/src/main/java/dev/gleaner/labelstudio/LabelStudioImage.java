package dev.gleaner.labelstudio;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;

/** An image that a task shows, under a name of the label configuration. */
@Entity
@Table(name = "label_studio_images")
@IdClass(LabelStudioImage.Key.class)
class LabelStudioImage {

    record Key(long connectionId, long task, String name) implements Serializable {
    }

    @Id
    private long connectionId;
    @Id
    private long task;
    @Id
    private String name;
    private long imageId;

    protected LabelStudioImage() {
    }

    LabelStudioImage(long connection, long task, String name, long image) {
        this.connectionId = connection;
        this.task = task;
        this.name = name;
        this.imageId = image;
    }

    void becomes(long image) {
        imageId = image;
    }

    long imageId() {
        return imageId;
    }
}
