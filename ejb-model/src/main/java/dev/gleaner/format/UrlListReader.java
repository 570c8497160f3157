package dev.gleaner.format;

import dev.gleaner.format.Finding.Code;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A text file with the address of an image on each line. Empty lines and those that begin with {@code #} are passed over. */
public final class UrlListReader implements SourceReader {

    private static final int LONGEST_LINE = 1 << 13;

    private final BufferedReader lines;
    private long line;

    /** @throws IOException if the file cannot be opened */
    public UrlListReader(Path file) throws IOException {
        this.lines = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
    }

    @Override
    public Optional<SourceItem> next() throws IOException {
        for (Optional<String> text = readLine(); text.isPresent(); text = readLine()) {
            String address = text.get().replace("\ufeff", "").replace('\0', '\ufffd').strip();
            if (!address.isEmpty() && !address.startsWith("#")) {
                return Optional.of(item(address));
            }
        }
        return Optional.empty();
    }

    private SourceItem item(String address) {
        Optional<RemoteAddress> remote = RemoteAddress.of(address);
        if (address.length() > LONGEST_LINE || remote.isEmpty()) {
            return new Finding(Code.MALFORMED_ENTRY, null, "line " + line + ": it " + (address.length() > LONGEST_LINE ? "has more than " + LONGEST_LINE + " characters"
                    : "is no address") + "; expected http://, https:// or s3:// and where the image is");
        }
        return new SourceImage("line " + line, remote.get().name(), Optional.empty(), remote, Optional.empty(), Optional.empty());
    }

    /** A line that never ends is not held: what is longer than it may be comes cut, one character too long. */
    private Optional<String> readLine() throws IOException {
        StringBuilder text = new StringBuilder();
        int c = lines.read();
        if (c < 0) {
            return Optional.empty();
        }
        line++;
        for (; c >= 0 && c != '\n'; c = lines.read()) {
            if (text.length() <= LONGEST_LINE) {
                text.append((char) c);
            }
        }
        return Optional.of(text.toString());
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
