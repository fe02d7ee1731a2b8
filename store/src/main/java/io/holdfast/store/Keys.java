package io.holdfast.store;

import io.holdfast.core.Outcome.BodyKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Keys of the database. Numbers are big-endian, so that RocksDB's order of bytes is their order. */
final class Keys {

    static final byte[] CUT = "cut".getBytes(StandardCharsets.US_ASCII);
    static final byte[] STORE_ID = "id".getBytes(StandardCharsets.US_ASCII);

    private static final byte BUSINESS_KEY = (byte) 0xFF;
    private static final int BODY_SUFFIX_BYTES = Integer.BYTES + 1;

    private Keys() {
    }

    static byte[] ordinal(long ordinal) {
        return ByteBuffer.allocate(Long.BYTES).putLong(ordinal).array();
    }

    static long ordinal(byte[] key) {
        return ByteBuffer.wrap(key).getLong();
    }

    static byte[] gid(String gid) {
        return gid.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Business keys share a family with gids, of which none begins with this byte: no text in UTF-8 does. So a store that was
     * written before there were any opens as it is.
     */
    static byte[] businessKey(String businessKey) {
        byte[] text = businessKey.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + text.length).put(BUSINESS_KEY).put(text).array();
    }

    /** A gid may hold any byte: what follows it has a fixed size, so no two bodies share a key. */
    static byte[] body(String gid, int branchIndex, BodyKind kind) {
        return body(gid(gid), branchIndex, kind);
    }

    static byte[] body(byte[] gid, int branchIndex, BodyKind kind) {
        return ByteBuffer.allocate(gid.length + BODY_SUFFIX_BYTES).put(gid).putInt(branchIndex)
                .put(switch (kind) {
                    case PAYLOAD -> (byte) 1;
                    case TRY_RESULT -> (byte) 2;
                }).array();
    }

    /** Below which position of one outcome everything is forgotten. */
    static byte[] keptFrom(Family outcome) {
        return ("kept-from/" + outcome.storedName()).getBytes(StandardCharsets.US_ASCII);
    }
}
