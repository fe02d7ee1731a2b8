package io.holdfast.simulator;

import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.core.Core;
import io.holdfast.core.Entry;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Log;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.codec.EntryReader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The log under test, and beside it what it said was durable: a second production core that has applied every entry whose
 * append returned, over all restarts. After a restart the log must bring back exactly these entries, and at most the one that
 * was being written.
 */
final class RecordingLog implements Log {

    private final Log log;
    private final Durable durable;

    /** What is known to be durable. Outlives processes. */
    static final class Durable {
        final Core core = new Core();
        private final Map<String, Transaction> lastSeen = new HashMap<>();
        private @Nullable Entry inDoubt;
        private String lastHash = "";

        long sequence() {
            return core.sequence();
        }

        /** The last state of a transaction, however long ago it left the core. */
        @Nullable
        Transaction find(String gid) {
            return lastSeen.get(gid);
        }

        private void apply(Entry entry) {
            core.step(entry).changed().forEach(this::livesOnce);
            lastHash = "";
        }

        /** One gid stands for one transaction, with the terms it began with, which ends once. */
        private void livesOnce(Transaction changed) {
            Transaction before = lastSeen.put(changed.gid(), changed);
            if (before != null) {
                Violation.unless(before.terms().equals(changed.terms()), "G8 the terms of %s have changed",
                        changed.gid());
                Violation.unless(!before.state().isFinished() || before.state() == changed.state(),
                        "G7 %s was %s and is %s now", changed.gid(), before.state(), changed.state());
            }
        }

        private String hash() {
            if (lastHash.isEmpty()) {
                lastHash = core.stateHash();
            }
            return lastHash;
        }

        /** Called when a process has recovered: its state must be the durable one, or that after the entry in doubt. */
        void compare(Core recovered) {
            // The recovered process has logged its own boot already, which went through append and was applied here too.
            Violation.unless(recovered.sequence() == core.sequence(), "G6 recovered up to entry %s, durable were %s",
                    recovered.sequence(), core.sequence());
            Violation.unless(recovered.stateHash().equals(hash()), "G6 state after recovery differs at entry %s",
                    core.sequence());
        }
    }

    RecordingLog(Log log, Durable durable) {
        this.log = log;
        this.durable = durable;
    }

    @Override
    public long recover(long after, EntryVisitor visitor) throws StorageException {
        long[] expected = {after + 1};
        long last = log.recover(after, (sequence, payload) -> {
            Violation.unless(sequence == expected[0]++, "G9 recovery skipped to entry %s", sequence);
            if (sequence > durable.sequence()) {
                Entry inDoubt = durable.inDoubt;
                Entry found = decode(sequence, payload.duplicate());
                Violation.unless(inDoubt != null && found.equals(inDoubt), "G9 recovery made up entry %s", sequence);
                durable.apply(found);
            }
            visitor.entry(sequence, payload);
        });
        Violation.unless(last >= durable.sequence(), "G6 recovery lost entries: %s of %s are left", last,
                durable.sequence());
        durable.inDoubt = null;
        return last;
    }

    @Override
    public void append(long sequence, ByteBuffer payload) throws StorageException {
        Entry entry = decode(sequence, payload.duplicate());
        durable.inDoubt = entry;
        log.append(sequence, payload);
        durable.apply(entry);
        durable.inDoubt = null;
    }

    private static Entry decode(long sequence, ByteBuffer payload) throws StorageException {
        try {
            return new EntryReader().read(sequence, payload);
        } catch (InvalidProtocolBufferException e) {
            throw new Violation("G9 entry " + sequence + " cannot be read back", e);
        }
    }

    @Override
    public void releaseThrough(long sequence) throws StorageException {
        Violation.unless(sequence <= durable.sequence(), "entry %s is released and not durable", sequence);
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
}
