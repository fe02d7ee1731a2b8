package io.holdfast.raft;

import java.nio.ByteBuffer;

/**
 * Goes before the payload in each entry of ours in the log of the group: format, kind, who proposed it. What is in a log is read
 * for ever: kinds are added, never changed.
 *
 * @param kind   what follows
 * @param life   drawn at random by each life of each process
 * @param number of the proposal within that life, from 1
 */
record EntryHeader(Kind kind, long life, long number) {

    static final int BYTES = 2 + Long.BYTES + Long.BYTES;

    private static final byte FORMAT = 1;

    /** What an entry is for. */
    enum Kind {
        /** Of the engine. Counts. */
        PAYLOAD(1),
        /** Nothing: whoever is told it has been told everything before it. Does not count. */
        BARRIER(2);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }
    }

    void write(ByteBuffer to) {
        to.put(FORMAT).put(kind.code).putLong(life).putLong(number);
    }

    /**
     * Reads the header and leaves {@code from} at the payload.
     *
     * @throws IllegalArgumentException if there is none that this version knows
     */
    static EntryHeader read(ByteBuffer from) {
        if (from.remaining() < BYTES) {
            throw new IllegalArgumentException("an entry of " + from.remaining() + " bytes is none of Holdfast");
        }
        byte format = from.get();
        byte code = from.get();
        for (Kind kind : Kind.values()) {
            if (format == FORMAT && kind.code == code) {
                return new EntryHeader(kind, from.getLong(), from.getLong());
            }
        }
        throw new IllegalArgumentException("an entry of format " + format + " and kind " + code
                + " is unknown to this version");
    }
}
