package dev.gleaner.format;

import dev.gleaner.format.Finding.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder of images that a source's names are looked up in.
 *
 * <p>Names in real annotation files are often a little off. A name is tried as it stands, relative to the folder; then with
 * the other usual extensions; then its last part alone, directly in the folder or in its {@code images}; then that part with
 * the other extensions; then all this without what only addresses have, percent signs and questions, and with letters and their accents
 * as one character, or as several. Nothing outside the allowed roots is ever taken, whatever the name says and wherever links lead.
 */
public final class ImageFiles {

    private static final List<String> EXTENSIONS =
            List.of("jpg", "jpeg", "png", "bmp", "gif", "tif", "tiff", "webp", "heic", "heif", "avif", "jp2");

    private final Path folder;
    private final List<Path> roots;

    /**
     * @param folder the folder of images
     * @param roots  folders that files may really lie in, links followed
     * @throws IOException if the folder or a root does not exist
     */
    public ImageFiles(Path folder, List<Path> roots) throws IOException {
        this.folder = folder.toRealPath();
        this.roots = List.copyOf(roots);
    }

    /**
     * Where a name leads.
     *
     * @param fileName relative to the folder: that of the file when one was found, otherwise the name that was looked for
     * @param file     the real file; empty when there is none that may be taken
     * @param address  where it is if not here
     * @param finding  what is to be said about it; empty when the name was right
     */
    record Lookup(String fileName, Optional<Path> file, Optional<RemoteAddress> address, Optional<Finding> finding) {

        private static Lookup here(String fileName, Optional<Path> file, Optional<Finding> finding) {
            return new Lookup(fileName, file, Optional.empty(), finding);
        }

        private static Lookup elsewhere(String fileName, RemoteAddress address) {
            return new Lookup(fileName, Optional.empty(), Optional.of(address), Optional.empty());
        }
    }

    /**
     * Looks up a name, and if it leads nowhere the alternative. A name that is an address is looked for in the folder, under the name that an
     * export would give it first, and otherwise is where it says.
     */
    Lookup find(String name, String alternative) {
        Optional<RemoteAddress> address = RemoteAddress.of(name);
        if (address.isEmpty()) {
            return find(name, alternative, Optional.empty());
        }
        Optional<Path> exported = inFolder(address.get().name()).flatMap(this::real);
        if (exported.isPresent()) {
            return Lookup.here(address.get().name(), exported, Optional.empty());
        }
        Lookup here = find(name, alternative, address);
        return here.address().isPresent() ? Lookup.elsewhere(address.get().name(), address.get()) : here;
    }

    /** Looks up a name, and if it leads nowhere the alternative. @param elsewhere where the image is if that leads nowhere, too */
    Lookup find(String name, String alternative, Optional<RemoteAddress> elsewhere) {
        String wanted = name.replace('\\', '/');
        Optional<Path> exact = inFolder(wanted);
        Optional<Path> found = exact.or(() -> near(wanted)).or(() -> inFolder(alternative)).or(() -> near(alternative))
                .or(() -> spellings(wanted).flatMap(spelling -> Stream.of(inFolder(spelling), near(spelling))).flatMap(Optional::stream).findFirst());
        if (found.isEmpty() && elsewhere.isPresent()) {
            return Lookup.elsewhere(RemoteAddress.fileName(wanted), elsewhere.get());
        }
        if (found.isEmpty()) {
            return Lookup.here(wanted, Optional.empty(), Optional.of(new Finding(Code.MISSING_FILE, wanted,
                    "no such file in the folder of images; expected " + folder + "/" + lastPart(wanted))));
        }
        String fileName = nameOf(found.get());
        Optional<Path> real = real(found.get());
        if (real.isEmpty()) {
            return Lookup.here(fileName, real, Optional.of(outsideRoots(fileName)));
        }
        return Lookup.here(fileName, real, exact.isPresent() ? Optional.empty() : Optional.of(
                new Finding(Code.FILE_NAME_MENDED, fileName, "the annotations say \"" + RemoteAddress.of(name).map(RemoteAddress::toString).orElse(wanted) + "\"; \"" + fileName + "\" was taken")));
    }

    /** Whether there is a file of exactly this name. */
    boolean has(String name) {
        return inFolder(name).isPresent();
    }

    /** The folder itself, real. */
    Path folder() {
        return folder;
    }

    /** All files that look like images, in the order of the file system. The caller closes the stream. */
    Stream<Path> walk() throws IOException {
        return walk(folder);
    }

    /** The same, of a folder within this one. */
    Stream<Path> walk(Path part) throws IOException {
        return Files.walk(part).filter(this::isVisible).filter(ImageFiles::hasImageExtension).filter(Files::isRegularFile);
    }

    /** What is to be said about a source that names this many of the folder's images: empty if those are all. */
    Optional<Finding> unnamed(long named) throws IOException {
        try (Stream<Path> all = walk()) {
            long there = all.count();
            return there <= named ? Optional.empty() : Optional.of(new Finding(Code.IMAGES_NOT_NAMED, null, "the folder of images holds " + there
                    + " images, of which the annotations name " + named + "; the others were left out"));
        } catch (UncheckedIOException e) {
            return Optional.of(unlistable(e));
        }
    }

    static Finding unlistable(UncheckedIOException e) {
        return new Finding(Code.UNREADABLE_FOLDER, null, "cannot be listed: " + e.getCause().getMessage());
    }

    String nameOf(Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    /** The file behind all links; empty if that lies outside the roots or cannot be followed. */
    Optional<Path> real(Path file) {
        try {
            Path real = file.toRealPath();
            return roots.stream().anyMatch(real::startsWith) ? Optional.of(real) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    Finding outsideRoots(String fileName) {
        return new Finding(Code.FILE_OUTSIDE_ROOTS, fileName, "leads out of the folders that may be imported from; expected one under " + roots);
    }

    /** Whether a path without its extension, but with the dot, is that of an image file. */
    boolean isImage(Path stem) {
        return EXTENSIONS.stream().flatMap(e -> Stream.of(e, e.toUpperCase(Locale.ROOT), e.substring(0, 1).toUpperCase(Locale.ROOT) + e.substring(1))).anyMatch(e -> Files.isRegularFile(Path.of(stem + e)));
    }

    private Optional<Path> inFolder(String name) {
        try {
            Path file = folder.resolve(name).normalize();
            return file.startsWith(folder) && Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private Optional<Path> near(String name) {
        String last = lastPart(name);
        return Stream.of(withOtherExtensions(name), Stream.of(last, "images/" + last), withOtherExtensions(last)).flatMap(names -> names)
                .map(this::inFolder).flatMap(Optional::stream).findFirst();
    }

    /** Addresses as names, and names that went through a Mac. */
    private static Stream<String> spellings(String name) {
        return Stream.of(decoded(name), decoded(name.replaceFirst("[?#].*", "")))
                .flatMap(text -> Stream.of(text, Normalizer.normalize(text, Form.NFC), Normalizer.normalize(text, Form.NFD)))
                .filter(spelling -> !spelling.equals(name)).distinct();
    }

    /** Of an address, not of a form: there a plus is a plus. */
    static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** Behind the whole name, which may be one without, and in place of its own. */
    private static Stream<String> withOtherExtensions(String name) {
        int dot = name.lastIndexOf('.');
        List<String> stems = dot > name.lastIndexOf('/') + 1 ? List.of(name, name.substring(0, dot)) : List.of(name);
        return stems.stream().flatMap(stem -> EXTENSIONS.stream().flatMap(e -> Stream.of(stem + "." + e, stem + "." + e.toUpperCase(Locale.ROOT))));
    }

    private static String lastPart(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private boolean isVisible(Path file) {
        for (Path part : folder.relativize(file)) {
            if (part.toString().startsWith(".")) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasImageExtension(Path file) {
        return hasImageExtension(file.getFileName().toString());
    }

    /** Whether a name looks like that of an image. */
    public static boolean hasImageExtension(String name) {
        return EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }
}
