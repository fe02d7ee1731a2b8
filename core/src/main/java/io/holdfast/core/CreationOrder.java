package io.holdfast.core;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Transactions by order of creation, in chunks, so that adding one costs no tree operation and a list may start anywhere. */
final class CreationOrder {

    private static final int CHUNK = 1024;

    private static final class Chunk {
        final @Nullable Live[] members = new @Nullable Live[CHUNK];
        int count;
    }

    private final TreeMap<Long, Chunk> chunks = new TreeMap<>();
    private @Nullable Chunk last;
    private long lastKey = -1;
    private long nextOrdinal;

    long nextOrdinal() {
        return nextOrdinal;
    }

    void add(Live live) {
        Check.that(live.ordinal >= nextOrdinal, "ordinal=%s is not new", live.ordinal);
        nextOrdinal = live.ordinal + 1;
        put(live);
    }

    /** Continues after what a cut counted. */
    void skipTo(long ordinal) {
        Check.that(ordinal >= nextOrdinal, "ordinal=%s is not new", ordinal);
        nextOrdinal = ordinal;
    }

    /** Takes back one that was there when a cut was taken. */
    void restore(Live live) {
        Check.that(live.ordinal >= 0 && live.ordinal < nextOrdinal, "ordinal=%s was never given", live.ordinal);
        put(live);
    }

    private void put(Live live) {
        long key = live.ordinal / CHUNK;
        Chunk chunk = last;
        if (chunk == null || key != lastKey) {
            chunk = chunks.computeIfAbsent(key, k -> new Chunk());
            last = chunk;
            lastKey = key;
        }
        int index = (int) (live.ordinal % CHUNK);
        Check.that(chunk.members[index] == null, "ordinal=%s is taken", live.ordinal);
        chunk.members[index] = live;
        chunk.count++;
    }

    void remove(Live live) {
        long key = live.ordinal / CHUNK;
        Chunk chunk = chunks.get(key);
        if (chunk == null) {
            throw new IllegalStateException("invariant broken: no chunk for ordinal=" + live.ordinal);
        }
        chunk.members[(int) (live.ordinal % CHUNK)] = null;
        if (--chunk.count == 0) {
            chunks.remove(key);
            if (key == lastKey) {
                last = null;
                lastKey = -1;
            }
        }
    }

    /** The first one at or after {@code ordinal}; null at the end. */
    @Nullable
    Live atOrAfter(long ordinal) {
        for (var entry = chunks.ceilingEntry(ordinal / CHUNK); entry != null; entry = chunks
                .higherEntry(entry.getKey())) {
            // No chunk before that of the ordinal, so this fits an int: a cursor from outside may be any number.
            for (int i = (int) Math.max(0, ordinal - entry.getKey() * CHUNK); i < CHUNK; i++) {
                Live live = entry.getValue().members[i];
                if (live != null) {
                    return live;
                }
            }
        }
        return null;
    }
}
