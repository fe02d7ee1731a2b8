package io.holdfast.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * Where the entries after the last cut stand in the log of the group. Runs of entries that follow each other are one record, so
 * it is exact and yet small. Thread-safe.
 */
final class Positions {

    /** How exactly sizes are known. */
    private static final long STEP_BYTES = 1L << 20;

    /** Entries from {@code firstSequence} on stand at {@code firstIndex} and after it, in one term. */
    private record Run(long firstSequence, long firstIndex, long term) {
        long indexOf(long sequence) {
            return firstIndex + (sequence - firstSequence);
        }
    }

    /** All entries up to {@code sequence} take {@code bytes}. */
    private record Size(long sequence, long bytes) {}

    private final List<Run> runs = new ArrayList<>();
    private final ArrayDeque<Size> sizes = new ArrayDeque<>();
    private long lastSequence;
    private long bytes;
    private long releasedBytes;

    Positions(long cutSequence) {
        lastSequence = cutSequence;
    }

    synchronized void add(long sequence, long term, long index, long entryBytes) {
        Run last = runs.isEmpty() ? null : runs.getLast();
        if (last == null || last.term != term || last.indexOf(sequence) != index) {
            runs.add(new Run(sequence, index, term));
        }
        lastSequence = sequence;
        bytes += entryBytes;
        if (bytes - (sizes.isEmpty() ? releasedBytes : sizes.getLast().bytes) >= STEP_BYTES) {
            sizes.add(new Size(sequence, bytes));
        }
    }

    /** The last entry that was added. */
    synchronized long last() {
        return lastSequence;
    }

    /** @param sequence of an entry that was added and not forgotten */
    synchronized TermIndex at(long sequence) {
        if (sequence > lastSequence || runs.isEmpty() || sequence < runs.getFirst().firstSequence) {
            throw new IllegalStateException("entry " + sequence + " is not among those from "
                    + (runs.isEmpty() ? "none" : runs.getFirst().firstSequence) + " to " + lastSequence);
        }
        Run run = runs.get(runOf(sequence));
        return TermIndex.valueOf(run.term, run.indexOf(sequence));
    }

    private int runOf(long sequence) {
        int low = 0;
        int high = runs.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (runs.get(middle).firstSequence <= sequence) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Forgets the entries up to this one. */
    synchronized void release(long sequence) {
        while (!sizes.isEmpty() && sizes.getFirst().sequence <= sequence) {
            releasedBytes = sizes.removeFirst().bytes;
        }
        if (sequence == lastSequence) {
            releasedBytes = bytes;
            runs.clear();
            return;
        }
        int first = runOf(sequence + 1);
        Run run = runs.get(first);
        runs.set(first, new Run(sequence + 1, run.indexOf(sequence + 1), run.term));
        runs.subList(0, first).clear();
    }

    /** Of the entries that were not released; up to a MiB more than that. */
    synchronized long bytes() {
        return bytes - releasedBytes;
    }
}
