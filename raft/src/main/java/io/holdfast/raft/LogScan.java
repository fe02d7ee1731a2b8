package io.holdfast.raft;

import io.holdfast.engine.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.jspecify.annotations.Nullable;

/**
 * Looks through the files of the log before Ratis opens them: whether what this node once had is all there. Ratis itself takes a
 * log that ends too early for one that has not got further, and would vote with it.
 */
final class LogScan {

    private final RaftDirectory directory;
    private final Cut cut;
    private final List<SegmentFile> segments;
    private long firstIndex = -1;
    private long lastIndex = -1;
    private long lastTerm;
    private long lastSequence;
    private boolean holdsCut;
    private int mostMembers;
    private boolean disagreesWithCut;
    private @Nullable SegmentFile torn;
    private long tornAt = -1;

    private LogScan(RaftDirectory directory, Cut cut, List<SegmentFile> segments) {
        this.directory = directory;
        this.cut = cut;
        this.segments = segments;
        this.lastSequence = cut.sequence();
    }

    /**
     * @param cut entries after it are counted from its sequence on
     * @throws StorageException if the files contradict themselves
     */
    static LogScan of(RaftDirectory directory, Cut cut) throws StorageException {
        LogScan scan = new LogScan(directory, cut, list(directory));
        scan.read();
        return scan;
    }

    private static List<SegmentFile> list(RaftDirectory directory) throws StorageException {
        if (!Files.isDirectory(directory.current())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory.current())) {
            List<SegmentFile> found = new ArrayList<>(files.map(SegmentFile::of).filter(Objects::nonNull).toList());
            found.sort(Comparator.comparingLong(SegmentFile::startIndex));
            return found;
        } catch (IOException e) {
            throw directory.failed(directory.current() + " cannot be listed", e);
        }
    }

    private void read() throws StorageException {
        for (SegmentFile segment : segments) {
            if (lastIndex >= 0 && segment.startIndex() != lastIndex + 1) {
                throw directory.damaged(segment.path(), 0,
                        "entries from " + (lastIndex + 1) + " to " + (segment.startIndex() - 1)
                                + " are missing before it");
            }
            if (torn != null) {
                throw directory.damaged(torn.path(), tornAt, "it ends within an entry, and " + segment.path()
                        + " follows");
            }
            tornAt = segment.read(directory, (entry, offset) -> visit(entry));
            torn = tornAt < 0 ? null : segment;
        }
    }

    /**
     * Cuts off an entry that was never synced, and makes the rest durable: the process before may have died between a write and
     * its sync, and Ratis counts what it finds as synced.
     */
    void settle() throws StorageException {
        try {
            if (torn != null) {
                torn.cutAt(tornAt);
            } else if (!segments.isEmpty()) {
                segments.getLast().sync();
            }
            if (!segments.isEmpty()) {
                RaftDirectory.sync(directory.current());
            }
        } catch (IOException e) {
            throw directory.failed(segments.getLast().path() + " cannot be synced", e);
        }
    }

    private void visit(LogEntryProto entry) throws StorageException {
        if (firstIndex < 0) {
            firstIndex = entry.getIndex();
        }
        if (entry.getTerm() < lastTerm) {
            throw directory.damaged("entry " + entry.getIndex() + " is of an older term than the one before");
        }
        lastIndex = entry.getIndex();
        lastTerm = entry.getTerm();
        if (entry.hasConfigurationEntry()) {
            mostMembers = Math.max(mostMembers, entry.getConfigurationEntry().getPeersCount());
        }
        if (entry.getIndex() == cut.index()) {
            holdsCut = entry.getTerm() == cut.term();
            disagreesWithCut = !holdsCut;
        }
        if (entry.getIndex() > cut.index() && entry.hasStateMachineLogEntry() && isPayload(entry)) {
            lastSequence++;
        }
    }

    private boolean isPayload(LogEntryProto entry) throws StorageException {
        ByteBuffer data = entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer();
        try {
            return EntryHeader.read(data).kind() == EntryHeader.Kind.PAYLOAD;
        } catch (IllegalArgumentException e) {
            throw directory.damaged("entry " + entry.getIndex() + ": " + e.getMessage());
        }
    }

    /** Of the first entry; -1 if there is none. */
    long firstIndex() {
        return firstIndex;
    }

    /** The last of the engine's entries, committed or not, as the engine counts. */
    long lastSequence() {
        return lastSequence;
    }

    /** Of the memberships that the entries tell of, the largest; 0 if they tell of none. */
    int mostMembers() {
        return mostMembers;
    }

    /** Whether the entry of the cut is there. */
    boolean holdsCut() {
        return holdsCut;
    }

    /** Whether what is there can stay under a cut of another node: it goes beyond the cut and agrees with it, or begins after it. */
    boolean fits() {
        return lastIndex < 0 || (!disagreesWithCut && lastIndex >= cut.index() && firstIndex <= cut.index() + 1);
    }

    /** Deletes the entries. Durable on return. */
    void discard() throws StorageException {
        try {
            // The newest first: what is left at any time has no gap.
            for (SegmentFile segment : segments.reversed()) {
                Files.deleteIfExists(segment.path());
            }
            RaftDirectory.sync(directory.current());
        } catch (IOException e) {
            throw directory.failed("entries that a cut replaces cannot be deleted", e);
        }
    }
}
