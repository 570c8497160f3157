package dev.gleaner.glip.checkpoint;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The container of torch 1.6 and later: an uncompressed zip archive with the pickle as {@code NAME/data.pkl} and each
 * storage as {@code NAME/data/KEY}.
 */
final class TorchZip implements TorchContainer {

    private static final long MAX_16 = 0xffff;
    private static final long MAX_32 = 0xffff_ffffL;
    private static final int LARGEST_DIRECTORY = 16 << 20;

    private final ZipFile zip;
    private final String source;
    private final String folder;
    private final Object object;

    TorchZip(Path file) throws IOException {
        source = file.getFileName().toString();
        checkDirectory(file);
        try {
            zip = new ZipFile(file.toFile());
        } catch (EOFException | ZipException e) {
            throw damaged(e);
        }
        try {
            folder = folder();
            ZipEntry order = zip.getEntry(folder + "byteorder");
            if (order != null && !text(order).equals("little")) {
                throw new CheckpointException(source + " was saved with byte order '" + text(order) + "'; expected 'little'");
            }
            try (InputStream in = new BufferedInputStream(zip.getInputStream(stored(folder + "data.pkl")))) {
                object = Pickle.read(in, source, 0).value();
            }
        } catch (EOFException | ZipException e) {
            zip.close();
            throw damaged(e);
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    @Override
    public Object object() {
        return object;
    }

    @Override
    public void check(Pickle.Storage storage) throws CheckpointException {
        ZipEntry entry = entry(storage);
        if (entry.getSize() != storage.bytes()) {
            throw new CheckpointException(source + ": " + entry.getName() + " has " + entry.getSize() + " bytes; expected "
                    + storage.bytes() + " for " + storage.elements() + " elements of type " + storage.type());
        }
    }

    @Override
    public void read(Pickle.Storage storage, long position, ByteBuffer into) throws IOException {
        try (InputStream in = zip.getInputStream(entry(storage))) {
            in.skipNBytes(position);
            byte[] chunk = new byte[Math.min(into.remaining(), 1 << 16)];
            while (into.hasRemaining()) {
                int length = in.readNBytes(chunk, 0, Math.min(chunk.length, into.remaining()));
                if (length == 0) {
                    throw new EOFException("no more bytes in " + entry(storage).getName());
                }
                into.put(chunk, 0, length);
            }
        } catch (EOFException | ZipException e) {
            throw damaged(e);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    /** The archive's directory is read into memory as a whole, so its size is looked at first. */
    private void checkDirectory(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer end = bytes(channel, channel.size() - 22, 22, 0x06054b50);
            long size = end.getInt(12) & MAX_32;
            boolean large = (end.getShort(10) & MAX_16) == MAX_16 || size == MAX_32 || (end.getInt(16) & MAX_32) == MAX_32;
            if (large) {
                ByteBuffer locator = bytes(channel, channel.size() - 42, 20, 0x07064b50);
                size = bytes(channel, locator.getLong(8), 56, 0x06064b50).getLong(40);
            }
            if (size < 0 || size > LARGEST_DIRECTORY) {
                throw new CheckpointException(source + " is a zip archive with a directory of " + Long.toUnsignedString(size)
                        + " bytes; a checkpoint has at most " + LARGEST_DIRECTORY);
            }
        }
    }

    private ByteBuffer bytes(FileChannel channel, long position, int count, int signature) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        if (position < 0 || channel.read(bytes, position) < count || bytes.getInt(0) != signature) {
            throw new CheckpointException(source + " does not end like a zip archive of torch.save; it is damaged or truncated");
        }
        return bytes;
    }

    private String folder() throws CheckpointException {
        List<String> names = zip.stream().map(ZipEntry::getName).toList();
        for (String name : names) {
            if (name.startsWith("/") || name.contains("\\") || List.of(name.split("/")).contains("..")) {
                throw new CheckpointException(source + " has an entry '" + name + "' that points out of the archive");
            }
        }
        List<String> pickles = names.stream().filter(name -> name.matches("[^/]+/data\\.pkl")).toList();
        if (pickles.size() != 1) {
            throw new CheckpointException(source + " is a zip archive with " + pickles.size()
                    + " entries NAME/data.pkl; a checkpoint has one");
        }
        return pickles.get(0).substring(0, pickles.get(0).indexOf('/') + 1);
    }

    private CheckpointException damaged(IOException cause) {
        return new CheckpointException(source + " is a damaged or truncated zip archive: " + cause.getMessage(), cause);
    }

    private ZipEntry entry(Pickle.Storage storage) throws CheckpointException {
        if (!storage.key().matches("\\d+")) {
            throw new CheckpointException(source + " names a storage '" + storage.key() + "'; expected a number");
        }
        return stored(folder + "data/" + storage.key());
    }

    private ZipEntry stored(String name) throws CheckpointException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new CheckpointException(source + " has no entry " + name);
        }
        if (entry.getMethod() != ZipEntry.STORED) {
            throw new CheckpointException(source + ": " + name + " is compressed; torch.save stores its entries as they are");
        }
        return entry;
    }

    private String text(ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return new String(in.readNBytes(20), StandardCharsets.US_ASCII).strip();
        }
    }
}
