package dev.gleaner.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files beside the launcher's jar.
 *
 * @param archive    the application, {@code gleaner.ear}
 * @param serverZip  the application server as its makers ship it, {@code payara-VERSION.zip}
 * @param serverMain the jar with {@link ServerMain}, free of the launcher's libraries
 * @param serverLib  libraries that the server must load itself
 */
record Product(Path archive, Path serverZip, Path serverMain, List<Path> serverLib) {

    static Product besideThisJar() throws IOException {
        try {
            Path jar = Path.of(Product.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            Path folder = jar.toAbsolutePath().getParent();
            return new Product(folder.resolve("gleaner.ear"), list(folder, "payara-*.zip").get(0), folder.resolve("gleaner-server.jar"),
                    list(folder.resolve("server-lib"), "*.jar"));
        } catch (URISyntaxException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private static List<Path> list(Path folder, String glob) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
            found.forEach(files::add);
        }
        if (files.isEmpty()) {
            throw new StartFailure("no " + glob + " in " + folder + ": build the product with mvn package");
        }
        return files;
    }
}
