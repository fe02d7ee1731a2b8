package io.holdfast.store;

import io.holdfast.core.Outcome.BodyKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the key of a body says. */
record BodyKey(String gid, int branchIndex, BodyKind kind) {

    private static final int SUFFIX_BYTES = Integer.BYTES + 1;

    /** The inverse of {@link Keys#body}; null if it is no such key. */
    static @Nullable BodyKey of(byte[] key) {
        if (key.length <= SUFFIX_BYTES) {
            return null;
        }
        int gidBytes = key.length - SUFFIX_BYTES;
        String gid = new String(key, 0, gidBytes, StandardCharsets.UTF_8);
        int branchIndex = ByteBuffer.wrap(key).getInt(gidBytes);
        for (BodyKind kind : BodyKind.values()) {
            if (Arrays.equals(key, Keys.body(gid, branchIndex, kind))) {
                return new BodyKey(gid, branchIndex, kind);
            }
        }
        return null;
    }
}
