package io.holdfast.engine.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Protobuf messages written straight into one array that is reused. Not thread-safe.
 * <p>
 * {@code CodedOutputStream} wants the length of a nested message before its contents, so every text would be measured first and
 * encoded afterwards. Here a nested message leaves one byte for its length, which is moved up if it needs more: the bytes are
 * the same, in one pass.
 */
final class MessageBuffer {

    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;
    private static final int MAX_VARINT_BYTES = 10;

    private byte[] bytes = new byte[64 * 1024];
    private int size;

    /** Begins anew, with room in front for whatever the caller puts before the message. */
    void reset(int reservedBytes) {
        size = 0;
        ensure(reservedBytes);
        size = reservedBytes;
    }

    /** The array itself; valid until the next write. */
    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    void number(int field, long value) {
        if (value != 0) {
            ensure(2 * MAX_VARINT_BYTES);
            varint(field << 3 | VARINT);
            varint(value);
        }
    }

    /** Writes the number even if it is 0, for a field whose presence means something. */
    void present(int field, long value) {
        ensure(2 * MAX_VARINT_BYTES);
        varint(field << 3 | VARINT);
        varint(value);
    }

    void flag(int field, boolean value) {
        number(field, value ? 1 : 0);
    }

    void fixed32(int field, int value) {
        if (value != 0) {
            ensure(MAX_VARINT_BYTES + Integer.BYTES);
            varint(field << 3 | FIXED32);
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                bytes[size++] = (byte) (value >>> shift);
            }
        }
    }

    void text(int field, String value) {
        if (!value.isEmpty()) {
            // Copies short texts at the speed of memory; encoding into the array char by char is slower.
            byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
            ensure(2 * MAX_VARINT_BYTES + encoded.length);
            varint(field << 3 | LENGTH_DELIMITED);
            varint(encoded.length);
            System.arraycopy(encoded, 0, bytes, size, encoded.length);
            size += encoded.length;
        }
    }

    /** Begins a nested message, written even if it stays empty. Returns what {@link #end} needs. */
    int begin(int field) {
        ensure(MAX_VARINT_BYTES + 1);
        varint(field << 3 | LENGTH_DELIMITED);
        return ++size;
    }

    void end(int begin) {
        int length = size - begin;
        int lengthBytes = 1;
        for (int rest = length >>> 7; rest != 0; rest >>>= 7) {
            lengthBytes++;
        }
        if (lengthBytes > 1) {
            ensure(lengthBytes);
            System.arraycopy(bytes, begin, bytes, begin + lengthBytes - 1, length);
        }
        size = begin - 1;
        varint(length);
        size += length;
    }

    /** One number of a packed list, between {@link #begin} and {@link #end}. */
    void packed(long value) {
        ensure(MAX_VARINT_BYTES);
        varint(value);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }
}
