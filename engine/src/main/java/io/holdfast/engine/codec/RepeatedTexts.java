package io.holdfast.engine.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gives the same string for the same bytes as long as it remembers them: a million transactions name a handful of addresses,
 * and need not hold a million copies of them. Not thread-safe.
 */
final class RepeatedTexts {

    private static final int SLOTS = 2_048;
    private static final int MAX_BYTES = 256;
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] @Nullable [] keys = new byte[SLOTS] @Nullable [];
    private final String[] texts = new String[SLOTS];

    String text(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return "";
        }
        if (length > MAX_BYTES) {
            return new String(bytes, offset, length, StandardCharsets.UTF_8);
        }
        int slot = slot(bytes, offset, length);
        byte @Nullable [] key = keys[slot];
        if (key == null || !Arrays.equals(key, 0, key.length, bytes, offset, offset + length)) {
            keys[slot] = Arrays.copyOfRange(bytes, offset, offset + length);
            texts[slot] = new String(bytes, offset, length, StandardCharsets.UTF_8);
        }
        return texts[slot];
    }

    private static int slot(byte[] bytes, int offset, int length) {
        long hash = length;
        int at = offset;
        for (int end = offset + length - Long.BYTES; at <= end; at += Long.BYTES) {
            hash = (hash ^ (long) LONGS.get(bytes, at)) * MULTIPLIER;
            hash ^= hash >>> 32;
        }
        for (; at < offset + length; at++) {
            hash = (hash ^ bytes[at]) * MULTIPLIER;
        }
        return (int) (hash >>> 40) & SLOTS - 1;
    }
}
