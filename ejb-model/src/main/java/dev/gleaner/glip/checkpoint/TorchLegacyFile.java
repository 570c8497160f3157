package dev.gleaner.glip.checkpoint;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The container before torch 1.6: five pickles (a magic number, the version 1001, the machine, the object, the keys of
 * the storages), then each storage in the order of the keys as the number of its elements (8 bytes) and the elements.
 */
final class TorchLegacyFile implements TorchContainer {

    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final Long VERSION = 1001L;

    private final FileChannel channel;
    private final String source;
    private final Map<String, Long> positions = new HashMap<>();
    private long end;
    private Object object;

    TorchLegacyFile(Path file) throws IOException {
        source = file.getFileName().toString();
        channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
            expect(MAGIC.equals(next(in).value()), "starts with a pickle that is not the magic number of torch.save");
            expect(VERSION.equals(next(in).value()), "has another container version than " + VERSION);
            expect(next(in).value() instanceof Pickle.Dict machine
                    && Boolean.TRUE.equals(machine.items.get("little_endian")), "was not saved on a little-endian machine");
            Pickle.Result saved = next(in);
            object = saved.value();
            if (next(in).value() instanceof List<?> keys) {
                locate(keys, saved.storages());
            } else {
                throw new CheckpointException(source + " does not list its storages behind the pickles");
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Object object() {
        return object;
    }

    @Override
    public void check(Pickle.Storage storage) throws CheckpointException {
        expect(positions.containsKey(storage.key()), "has no storage " + storage.key());
    }

    @Override
    public void read(Pickle.Storage storage, long position, ByteBuffer into) throws IOException {
        fill(into, positions.get(storage.key()) + position);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private Pickle.Result next(InputStream in) throws IOException {
        Pickle.Result result = Pickle.read(in, source, end);
        end += result.length();
        return result;
    }

    private void locate(List<?> keys, Map<String, Pickle.Storage> storages) throws IOException {
        for (Object key : keys) {
            Pickle.Storage storage = key instanceof String ? storages.get(key) : null;
            expect(storage != null, "lists a storage of unknown size, " + key);
            ByteBuffer elements = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            fill(elements, end);
            expect(elements.getLong(0) == storage.elements(), "says that storage " + key + " has " + elements.getLong(0)
                    + " elements, and in its pickle " + storage.elements());
            positions.put(storage.key(), end + Long.BYTES);
            expect(storage.bytes() <= channel.size() - end - Long.BYTES, "is truncated: storage " + key + " needs "
                    + storage.bytes() + " bytes from byte " + (end + Long.BYTES) + ", the file has " + channel.size());
            end += Long.BYTES + storage.bytes();
        }
    }

    private void fill(ByteBuffer buffer, long position) throws IOException {
        long next = position;
        while (buffer.hasRemaining()) {
            ByteBuffer part = buffer.slice(buffer.position(), Math.min(buffer.remaining(), Safetensors.CHUNK));
            int length = channel.read(part, next);
            expect(length >= 0, "is truncated: it ends at byte " + next + " inside its tensors");
            next += length;
            buffer.position(buffer.position() + length);
        }
    }

    private void expect(boolean holds, String fault) throws CheckpointException {
        if (!holds) {
            throw new CheckpointException(source + " " + fault);
        }
    }
}
