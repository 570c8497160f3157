package dev.gleaner.glip;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** NumPy's archive of arrays: C order, little endian; float32, float64, int32, int64, uint8 and bool. */
public final class Npz {

    /** An array of any of the types, as doubles; they hold every value these types have in the fixtures. */
    public record Array(String type, long[] shape, double[] values) {

        public float[] floats() {
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) values[i];
            }
            return floats;
        }

        public long[] longs() {
            return Arrays.stream(values).mapToLong(value -> (long) value).toArray();
        }

        public int[] ints() {
            return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
        }

        public double largest() {
            return Arrays.stream(values).map(Math::abs).max().orElse(0);
        }
    }

    private static final Pattern HEADER = Pattern.compile(
            "'descr': '[<|]([a-z]\\d)', 'fortran_order': False, 'shape': \\(([0-9, ]*)\\)");

    private Npz() {
    }

    public static Map<String, Array> read(Path file) {
        Map<String, Array> arrays = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                arrays.put(entry.getName().replaceFirst("\\.npy$", ""), readArray(zip, entry.getName()));
            }
            return arrays;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static Array readArray(InputStream in, String name) throws IOException {
        DataInputStream data = new DataInputStream(in);
        byte[] magic = data.readNBytes(8);
        int length = Short.toUnsignedInt(Short.reverseBytes(data.readShort()));
        String header = new String(data.readNBytes(length), StandardCharsets.US_ASCII);
        Matcher matcher = HEADER.matcher(header);
        if (magic[1] != 'N' || magic[6] != 1 || !matcher.find()) {
            throw new IOException(name + " is no array this reader knows: " + header);
        }
        long[] shape = Arrays.stream(matcher.group(2).split(",")).map(String::strip).filter(s -> !s.isEmpty())
                .mapToLong(Long::parseLong).toArray();
        ByteBuffer buffer = ByteBuffer.wrap(data.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        String type = matcher.group(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case "f4" -> buffer.getFloat();
                case "f8" -> buffer.getDouble();
                case "i4" -> buffer.getInt();
                case "i8" -> buffer.getLong();
                case "u1", "b1" -> buffer.get() & 0xff;
                default -> throw new IOException(name + " has elements of type " + type);
            };
        }
        return new Array(type, shape, values);
    }

    public static void write(Path file, Map<String, Array> arrays) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setLevel(9);
            for (Map.Entry<String, Array> entry : arrays.entrySet()) {
                ZipEntry zipEntry = new ZipEntry(entry.getKey() + ".npy");
                zipEntry.setTime(0);
                zip.putNextEntry(zipEntry);
                writeArray(zip, entry.getValue());
                zip.closeEntry();
            }
        }
    }

    private static void writeArray(OutputStream out, Array array) throws IOException {
        String shape = Arrays.stream(array.shape).mapToObj(side -> side + ", ").collect(Collectors.joining());
        String header = "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }".formatted(
                array.type.endsWith("1") ? "|" : "<", array.type, shape.replaceFirst(", $", array.shape.length == 1 ? "," : ""));
        header += " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        ByteBuffer start = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
        start.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length());
        out.write(start.array());
        out.write(header.getBytes(StandardCharsets.US_ASCII));
        ByteBuffer buffer = ByteBuffer.allocate(8 * array.values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : array.values) {
            switch (array.type) {
                case "f4" -> buffer.putFloat((float) value);
                case "f8" -> buffer.putDouble(value);
                case "i4" -> buffer.putInt((int) value);
                case "i8" -> buffer.putLong((long) value);
                case "u1", "b1" -> buffer.put((byte) value);
                default -> throw new IOException("elements of type " + array.type);
            }
        }
        out.write(buffer.array(), 0, buffer.position());
    }
}
