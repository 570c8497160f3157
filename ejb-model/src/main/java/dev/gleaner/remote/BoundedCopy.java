package dev.gleaner.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes what comes over the network into a file, as far as it may. */
final class BoundedCopy {

    private BoundedCopy() {
    }

    /**
     * @param from what to call the source
     * @throws UnreachableImage if there is more than {@code most} bytes
     */
    static void copy(InputStream in, Path target, long most, Object from) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long length = 0;
        try (OutputStream out = Files.newOutputStream(target)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                length += n;
                if (length > most) {
                    throw new UnreachableImage(from + " has more than " + most + " bytes");
                }
                out.write(buffer, 0, n);
            }
        }
    }
}
