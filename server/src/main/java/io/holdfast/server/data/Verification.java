package io.holdfast.server.data;

import io.holdfast.core.Core;
import io.holdfast.engine.Replay;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.log.Disk;
import io.holdfast.log.LogReader;
import io.holdfast.log.ReadOnlyDisk;
import io.holdfast.server.cluster.Foundation;
import io.holdfast.store.Findings;
import io.holdfast.store.StoreCheck;
import io.holdfast.store.StoreOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Checks store and log, and does a start without writing: the last cut, then what the log has behind it. */
final class Verification {

    private static final int TELL_EVERY = 1_024;

    private final DataDirectory directory;
    private final Findings findings;
    private long entries;
    private long bytes;
    private @Nullable Replay replay;

    Verification(DataDirectory directory, Findings findings) {
        this.directory = directory;
        this.findings = findings;
    }

    /**
     * Reports damage to the findings.
     *
     * @throws StorageException of kind LOCKED if a server works here, of kind FAILED if something cannot be read at all
     */
    void run() throws StorageException {
        ReadOnlyDisk log = ReadOnlyDisk.open(directory.log());
        try (StoreCheck store = new StoreCheck(directory.store(), StoreOptions.DEFAULT, findings);
                Disk.Lock lock = log.lock()) {
            Core core = store.run();
            replay = core == null ? null : new Replay(core);
            readLog(log, core);
        }
    }

    /**
     * Checks the store of a node whose log has not begun.
     *
     * @param foundation what the store has to be
     * @throws StorageException of kind LOCKED if a server works here, of kind FAILED if something cannot be read at all
     */
    void runWithoutLog(Foundation foundation) throws StorageException {
        try (StoreCheck store = new StoreCheck(directory.store(), StoreOptions.DEFAULT, findings)) {
            Core core = store.run();
            if (core != null && core.sequence() != foundation.cut()) {
                findings.damaged("the store is at entry " + core.sequence() + ", and was restored of " + foundation);
            } else if (core != null) {
                findings.looked("unfinished transactions, of " + foundation, core.unfinished());
            }
        }
    }

    private void readLog(ReadOnlyDisk log, @Nullable Core core) throws StorageException {
        try {
            LogReader.End end = new LogReader(log, 0, this::entry).readLocked();
            if (replay != null) {
                replay.end(end.lastSequence());
            }
            if (end.torn() != null) {
                findings.looked("incomplete entry, never acknowledged, which the next start cuts off: " + end.torn(),
                        1);
            }
        } catch (StorageException e) {
            if (e.kind() != Kind.DAMAGED) {
                throw e;
            }
            findings.damaged(String.valueOf(e.getMessage()));
        }
        findings.looked("log entries, of " + bytes + " bytes", entries);
        if (replay != null && core != null) {
            findings.looked("unfinished transactions after entry " + core.sequence() + ", cut at entry "
                    + replay.cutSequence(), core.unfinished());
        }
    }

    private void entry(long sequence, ByteBuffer payload) throws StorageException {
        entries++;
        bytes += payload.remaining();
        if (entries % TELL_EVERY == 0) {
            findings.looking("log entries", entries);
        }
        if (replay == null || sequence <= replay.cutSequence()) {
            return;
        }
        try {
            var unused = replay.apply(sequence, payload);
        } catch (IllegalStateException e) {
            // The state is not to be trusted any more, so neither is what it says of the entries that follow.
            replay = null;
            findings.damaged("log entry " + sequence + " does not follow from the state before: " + e.getMessage());
        }
    }
}
