package dev.gleaner.platform;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;

/** An image that a task shows, under the name that tells it from the task's others. */
@Entity
@Table(name = "platform_images")
@IdClass(KnownImage.Key.class)
class KnownImage {

    record Key(long connectionId, String task, String name) implements Serializable {
    }

    @Id
    private long connectionId;
    @Id
    private String task;
    @Id
    private String name;
    private long imageId;

    protected KnownImage() {
    }

    KnownImage(long connection, String task, String name, long image) {
        this.connectionId = connection;
        this.task = task;
        this.name = name;
        this.imageId = image;
    }

    void becomes(long image) {
        imageId = image;
    }

    String name() {
        return name;
    }

    long imageId() {
        return imageId;
    }
}
