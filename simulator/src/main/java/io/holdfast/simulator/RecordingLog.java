package io.holdfast.simulator;

import io.holdfast.core.Entry;
import io.holdfast.engine.Log;
import io.holdfast.engine.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log of a node that is alone, and what it said was durable. After a restart the log must bring back exactly the entries
 * whose append returned, and at most the one that was being written.
 */
final class RecordingLog implements Log {

    private final Log log;
    private final Durable durable;

    /** What the log has said. Outlives processes. */
    static final class Durable {
        private final Truth truth;
        private @Nullable Entry inDoubt;

        Durable(Truth truth) {
            this.truth = truth;
        }
    }

    RecordingLog(Log log, Durable durable) {
        this.log = log;
        this.durable = durable;
    }

    @Override
    public long recover(long after, EntryVisitor visitor) throws StorageException {
        long[] expected = {after + 1};
        Truth truth = durable.truth;
        long last = log.recover(after, (sequence, payload) -> {
            Violation.unless(sequence == expected[0]++, "G9 recovery skipped to entry %s", sequence);
            if (sequence > truth.sequence()) {
                Entry inDoubt = durable.inDoubt;
                Entry found = truth.decode(sequence, payload.duplicate());
                Violation.unless(inDoubt != null && found.equals(inDoubt), "G9 recovery made up entry %s", sequence);
                truth.apply(found);
            }
            visitor.entry(sequence, payload);
        });
        Violation.unless(last >= truth.sequence(), "G6 recovery lost entries: %s of %s are left", last,
                truth.sequence());
        durable.inDoubt = null;
        return last;
    }

    @Override
    public void append(long sequence, ByteBuffer payload) throws StorageException {
        Entry entry = durable.truth.decode(sequence, payload.duplicate());
        durable.inDoubt = entry;
        log.append(sequence, payload);
        durable.truth.apply(entry);
        durable.inDoubt = null;
    }

    @Override
    public void releaseThrough(long sequence) throws StorageException {
        Violation.unless(sequence <= durable.truth.sequence(), "entry %s is released and not durable", sequence);
        log.releaseThrough(sequence);
    }

    @Override
    public long freeBytes() {
        return log.freeBytes();
    }

    @Override
    public int maxEntryBytes() {
        return log.maxEntryBytes();
    }

    @Override
    public void close() throws StorageException {
        log.close();
    }

    /**
     * Reads damaged files: either they are refused, with the name of a file, or they say what the undamaged ones say, but for a
     * last entry that was never acknowledged.
     */
    static void judgeDamage(Log damaged, Log undamaged, long after, long acknowledged) throws StorageException {
        List<ByteBuffer> expected = contents(undamaged, after);
        List<ByteBuffer> found;
        try {
            found = contents(damaged, after);
        } catch (StorageException e) {
            Violation.unless(e.kind() == StorageException.Kind.DAMAGED, "G9 damage was taken for %s: %s", e.kind(),
                    e.getMessage());
            Violation.unless(String.valueOf(e.getMessage()).contains("log-"), "G9 no file is named: %s",
                    e.getMessage());
            return;
        }
        Violation.unless(found.size() <= expected.size() && found.equals(expected.subList(0, found.size())),
                "G9 a changed bit gave other entries");
        Violation.unless(after + found.size() >= Math.min(acknowledged, after + expected.size()),
                "G9 a changed bit has cut entry %s, %s were acknowledged", after + found.size() + 1, acknowledged);
    }

    private static List<ByteBuffer> contents(Log log, long after) throws StorageException {
        List<ByteBuffer> entries = new ArrayList<>();
        log.recover(after, (sequence, payload) -> {
            ByteBuffer copy = ByteBuffer.allocate(payload.remaining());
            copy.put(payload.duplicate()).flip();
            entries.add(copy);
        });
        return entries;
    }
}
