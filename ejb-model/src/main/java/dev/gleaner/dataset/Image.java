package dev.gleaner.dataset;

import dev.gleaner.format.RemoteAddress;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One image of a dataset. Width and height are those of the picture held upright, that is after its EXIF orientation; every
 * box of the image is in these pixels.
 */
@Entity
@Table(name = "images")
public class Image {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long datasetId;
    private String fileName;
    private String path;
    private String address;
    private int width;
    private int height;
    private short orientation;
    private String sha256;

    protected Image() {
    }

    /**
     * @param fileName    the name the source knows it by, relative to its folder of images, with forward slashes
     * @param orientation the EXIF orientation of the stored file, 1 to 8
     * @param sha256      of the stored file's bytes, 64 lower-case hexadecimal digits
     */
    public Image(long datasetId, String fileName, Path path, int width, int height, int orientation, String sha256) {
        this.datasetId = datasetId;
        this.fileName = fileName;
        this.path = path.toString();
        this.width = width;
        this.height = height;
        this.orientation = (short) orientation;
        this.sha256 = sha256;
    }

    /** One of the web or of a store. */
    public Image(long datasetId, String fileName, RemoteAddress address, int width, int height, int orientation, String sha256) {
        this.datasetId = datasetId;
        this.fileName = fileName;
        this.address = address.text();
        this.width = width;
        this.height = height;
        this.orientation = (short) orientation;
        this.sha256 = sha256;
    }

    public Long id() {
        return id;
    }

    public long datasetId() {
        return datasetId;
    }

    public String fileName() {
        return fileName;
    }

    /**
     * The stored file, absolute.
     *
     * @throws IllegalStateException if it is elsewhere, at its {@link #address}
     */
    public Path path() {
        if (path == null) {
            throw new IllegalStateException("image " + id + " is no file of this machine");
        }
        return Path.of(path);
    }

    /** Where it is if it is no file of this machine. */
    public Optional<RemoteAddress> address() {
        return Optional.ofNullable(address).map(RemoteAddress::new);
    }

    /** In pixels, upright. */
    public int width() {
        return width;
    }

    /** In pixels, upright. */
    public int height() {
        return height;
    }

    /** EXIF orientation of the stored file, 1 to 8; 1 is upright already. */
    public int orientation() {
        return orientation;
    }

    public String sha256() {
        return sha256;
    }
}
