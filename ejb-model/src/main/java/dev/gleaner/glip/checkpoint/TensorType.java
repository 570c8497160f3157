package dev.gleaner.glip.checkpoint;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Element types of tensors in files, named as in the safetensors format; all of them little-endian. */
public enum TensorType {
    F64(8), F32(4), F16(2), BF16(2), I64(8), I32(4), I16(2), I8(1), U8(1), BOOL(1);

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether the elements are floating-point numbers, as weights have to be. */
    public boolean isFloat() {
        return ordinal() <= BF16.ordinal();
    }

    /**
     * Little-endian elements of this type as 32-bit floats; 32-bit ones are not copied.
     *
     * @throws IllegalStateException if this is no floating-point type
     */
    FloatBuffer floats(ByteBuffer elements) {
        if (this == F32) {
            return elements.asFloatBuffer();
        }
        FloatBuffer floats = FloatBuffer.allocate(elements.remaining() / bytes);
        while (elements.hasRemaining()) {
            floats.put(switch (this) {
                case F64 -> (float) elements.getDouble();
                case F16 -> half(elements.getShort());
                case BF16 -> Float.intBitsToFloat(elements.getShort() << 16);
                default -> throw new IllegalStateException(this + " is no floating-point type");
            });
        }
        return floats.flip();
    }

    /** IEEE 754 binary16: sign, 5 exponent bits biased by 15, 10 fraction bits. */
    private static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }
}
