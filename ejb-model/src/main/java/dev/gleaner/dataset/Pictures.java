package dev.gleaner.dataset;

import dev.gleaner.NotFound;
import dev.gleaner.Settings;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.RgbImage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Images for people to look at: upright, and in a format that browsers show. What has to be made for that is kept in the data
 * folder's {@code cache}, named by the image's digest; deleting it loses nothing.
 */
@ApplicationScoped
public class Pictures {

    /** The longer side of a thumbnail, in pixels. */
    public static final int THUMBNAIL = 480;

    private static final String JPEG = "image/jpeg";
    private static final float QUALITY = 0.9f;
    private static final int DECODERS = 2;
    private static final long LARGE = 32_000_000;

    private final Semaphore decoders = new Semaphore(DECODERS, true);

    @Inject
    private DatasetService datasets;
    @Inject
    private Settings settings;

    protected Pictures() {
    }

    public Pictures(DatasetService datasets, Settings settings) {
        this.datasets = datasets;
        this.settings = settings;
    }

    /**
     * The whole image: the stored file itself where a browser shows it as it is meant.
     *
     * @throws NotFound if there is no such image, or its file is gone or can no longer be read
     */
    public Picture whole(long id) {
        Image image = datasets.image(id);
        Path file = datasets.file(id);
        try {
            Optional<String> shown = shownAsStored(image, file);
            return shown.isPresent() ? new Picture(file, shown.get()) : made(image, file, Math.max(image.width(), image.height()));
        } catch (IOException e) {
            throw new NotFound("readable file of image", id);
        }
    }

    /**
     * The image with at most {@value #THUMBNAIL} pixels on its longer side.
     *
     * @throws NotFound if there is no such image, or its file is gone or can no longer be read
     */
    public Picture thumbnail(long id) {
        Image image = datasets.image(id);
        Path file = datasets.file(id);
        try {
            return made(image, file, THUMBNAIL);
        } catch (IOException e) {
            throw new NotFound("readable file of image", id);
        }
    }

    /** The media type, if the file's picture is upright already and of a kind that every browser knows. */
    private static Optional<String> shownAsStored(Image image, Path file) throws IOException {
        if (image.orientation() != 1) {
            return Optional.empty();
        }
        byte[] start = new byte[4];
        try (InputStream in = Files.newInputStream(file)) {
            in.readNBytes(start, 0, start.length);
        }
        if (Arrays.equals(start, new byte[] {(byte) 0x89, 'P', 'N', 'G'})) {
            return Optional.of("image/png");
        }
        return start[0] == (byte) 0xff && start[1] == (byte) 0xd8 ? Optional.of(JPEG) : Optional.empty();
    }

    private Picture made(Image image, Path file, int longerSide) throws IOException {
        Path cached = settings.home().resolve("cache").resolve("pictures")
                .resolve(image.sha256() + "-" + longerSide + ".jpg");
        if (!Files.exists(cached)) {
            Files.createDirectories(cached.getParent());
            BufferedImage picture = shrunk(image, file, longerSide);
            // Written aside first: whoever looks meanwhile must not see half of it.
            Path aside = Files.createTempFile(cached.getParent(), "making", ".jpg");
            try {
                write(picture, aside);
                Files.move(aside, cached, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(aside);
            }
        }
        return new Picture(cached, JPEG);
    }

    private BufferedImage shrunk(Image image, Path file, int longerSide) throws IOException {
        // A decoded photo takes three bytes a pixel and more: a page of thumbnails must not take the heap from the jobs.
        int permits = (long) image.width() * image.height() > LARGE ? DECODERS : 1;
        decoders.acquireUninterruptibly(permits);
        try {
            return shrink(ImageDecoder.decode(Files.readAllBytes(file)), longerSide);
        } finally {
            decoders.release(permits);
        }
    }

    /** Each pixel is the mean of the pixels it stands for. Images that are small enough keep their size. */
    static BufferedImage shrink(RgbImage image, int longerSide) {
        double scale = Math.min(1, longerSide / (double) Math.max(image.width(), image.height()));
        int width = Math.max(1, (int) Math.round(image.width() * scale));
        int height = Math.max(1, (int) Math.round(image.height() * scale));
        BufferedImage shrunk = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            int top = (int) ((long) y * image.height() / height);
            int bottom = Math.max(top + 1, (int) ((y + 1L) * image.height() / height));
            for (int x = 0; x < width; x++) {
                int left = (int) ((long) x * image.width() / width);
                int right = Math.max(left + 1, (int) ((x + 1L) * image.width() / width));
                shrunk.setRGB(x, y, mean(image, left, top, right, bottom));
            }
        }
        return shrunk;
    }

    private static int mean(RgbImage image, int left, int top, int right, int bottom) {
        long red = 0;
        long green = 0;
        long blue = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                red += image.sample(x, y, 0);
                green += image.sample(x, y, 1);
                blue += image.sample(x, y, 2);
            }
        }
        int pixels = (right - left) * (bottom - top);
        return (int) (red / pixels) << 16 | (int) (green / pixels) << 8 | (int) (blue / pixels);
    }

    private static void write(BufferedImage picture, Path file) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(QUALITY);
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), param);
        } finally {
            writer.dispose();
        }
    }
}
