package io.holdfast.log;

import io.holdfast.core.Check;
import io.holdfast.engine.Log;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The log of one node in files of its own: a fixed set of segments of fixed size, never renamed, reused when released.
 * <p>
 * Every entry is one write that is durable on return (O_DSYNC), and the next one begins after that, so a crash can tear only
 * the last entry. Recovery cuts it only if it is provably incomplete; everything else that does not fit together is
 * {@link Kind#DAMAGED} (guarantee G9). This rests on one assumption: <em>the disk writes each aligned block of 4 KiB as a whole
 * or not at all</em>. File systems and drives with 4 KiB pages and sectors do; on others a crash can at worst make recovery
 * refuse a log as damaged that is only torn.
 * <p>
 * Sequences are those of the engine, without gaps, from 1. Beside entries the files hold markers for a clean stop and for the
 * next start; entries and markers together are numbered as frames, which the engine never sees.
 * <p>
 * After a failed write or sync the log refuses everything with {@link Kind#FAILED}, for ever: what the page cache holds then is
 * not what the disk holds. {@link Kind#FULL} is the exception: nothing was written, and once something is released
 * {@link #append} works again.
 * <p>
 * Owned by one thread, which must not be interrupted.
 */
public final class FileLog implements Log {

    private enum State {
        NEW, OPEN, FAILED, CLOSED
    }

    private final Disk disk;
    private final FileLogOptions options;
    private final SegmentSet segments;
    private final FrameWriter writer = new FrameWriter();
    private State state = State.NEW;
    private String failure = "";
    private Disk.@Nullable Lock lock;
    private long nextFrame = 1;
    private long lastSequence;
    private FrameType lastType = FrameType.OPENED;
    private boolean stoppedCleanly = true;
    private long cutBytes;

    /**
     * @param disk   the directory; touched from {@link #recover} on
     * @param random for the identity of a new log and for salts
     */
    public FileLog(Disk disk, FileLogOptions options, RandomGenerator random) {
        this.disk = disk;
        this.options = options;
        this.segments = new SegmentSet(disk, options, random);
    }

    /**
     * Makes a new log whose first entry will follow {@code sequence}: what came before is elsewhere. It is durable on return.
     *
     * @param disk holds no file of a log
     */
    public static void createAfter(long sequence, Disk disk, FileLogOptions options, RandomGenerator random)
            throws StorageException {
        try (Disk.Lock lock = disk.lock()) {
            SegmentSet segments = new SegmentSet(disk, options, random);
            segments.open();
            Check.that(segments.isNew(), "there is a log in %s", disk.directory());
            try {
                segments.start(1, sequence + 1);
            } finally {
                segments.close();
            }
        }
    }

    /**
     * {@inheritDoc}
     * <p>
     * Every frame that is still held is checked, also of entries that are not visited.
     */
    @Override
    public long recover(long after, EntryVisitor visitor) throws StorageException {
        Check.that(state == State.NEW, "recover is called once, first");
        state = State.FAILED;
        failure = "recovery did not succeed";
        lock = disk.lock();
        segments.open();
        if (segments.inUse().isEmpty()) {
            if (after > 0) {
                throw Damage.in(disk, "it holds no entries, but the store holds what entries up to " + after + " did"
                        + segments.blankFiles());
            }
            segments.start(nextFrame, lastSequence + 1);
        } else {
            Recovery.End end = new Recovery(segments.inUse(), writer, after, visitor).run();
            nextFrame = end.nextFrame();
            lastSequence = end.lastSequence();
            lastType = end.lastType();
            stoppedCleanly = lastType == FrameType.CLOSED;
            cutBytes = Layout.offsetOf(end.tornBlocks());
        }
        state = State.OPEN;
        return lastSequence;
    }

    /** Whether the log was closed before the last {@link #recover}, or is a new one. */
    public boolean stoppedCleanly() {
        return stoppedCleanly;
    }

    /** Bytes of an entry that was never acknowledged, which {@link #recover} cut off. */
    public long cutBytes() {
        return cutBytes;
    }

    @Override
    public void append(long sequence, ByteBuffer payload) throws StorageException {
        requireOpen();
        Check.that(sequence == lastSequence + 1, "sequence=%s follows %s", sequence, lastSequence);
        if (payload.remaining() > maxEntryBytes()) {
            throw new StorageException(Kind.FULL,
                    "an entry of " + payload.remaining() + " bytes does not fit into the log in "
                            + disk.directory() + "; the largest may have " + maxEntryBytes());
        }
        boolean afterCleanStop = lastType == FrameType.CLOSED;
        int blocks = Layout.blocksFor(payload.remaining()) + (afterCleanStop ? 1 : 0);
        boolean nextSegment = segments.current().freeBlocks() < blocks;
        if (nextSegment && !segments.hasFree()) {
            throw new StorageException(Kind.FULL, "the log in " + disk.directory() + " is full: all of its files hold"
                    + " entries that are still needed");
        }
        write(() -> {
            if (nextSegment) {
                segments.start(nextFrame, lastSequence + 1);
            }
            if (afterCleanStop) {
                writeFrame(FrameType.OPENED, lastSequence, FrameWriter.EMPTY);
            }
            writeFrame(FrameType.DATA, sequence, payload);
        });
        lastSequence = sequence;
    }

    private void writeFrame(FrameType type, long sequence, ByteBuffer payload) throws StorageException {
        Segment segment = segments.current();
        segment.append(writer.encode(segment.header(), nextFrame, type, sequence, payload));
        nextFrame++;
        lastType = type;
    }

    private interface Writes {
        void run() throws StorageException;
    }

    /** The log counts as failed while it writes, so that no way out of a write but the good one leaves it open. */
    private void write(Writes writes) throws StorageException {
        state = State.FAILED;
        failure = "a write did not return";
        try {
            writes.run();
            state = State.OPEN;
        } catch (StorageException e) {
            failure = Objects.requireNonNullElse(e.getMessage(), "a write failed");
            throw e;
        }
    }

    /**
     * {@inheritDoc}
     * <p>
     * Makes segments reusable whose entries are all at or before the sequence; the one being written never is. It costs no
     * write: the next segment that is started records it, and until then a recovery visits the released entries again.
     */
    @Override
    public void releaseThrough(long sequence) throws StorageException {
        requireOpen();
        Check.that(sequence <= lastSequence, "released sequence=%s is at most %s", sequence, lastSequence);
        segments.releaseThrough(sequence);
    }

    /**
     * {@inheritDoc}
     * <p>
     * Entries take whole blocks of 4 KiB and do not span segments, so it is the sum for entries that fill their blocks.
     */
    @Override
    public long freeBytes() {
        Check.that(state != State.NEW, "free bytes are known after recovery");
        return segments.freeBlocks() * Layout.NEXT_CAPACITY;
    }

    /** {@inheritDoc} An existing log may be of another segment size than the options say: final after {@link #recover}. */
    @Override
    public int maxEntryBytes() {
        int blocks = segments.segmentBlocks() - Layout.FIRST_FRAME_BLOCK - Layout.CLOSED_RESERVE_BLOCKS - 1;
        return Math.min(options.maxEntryBytes(), Layout.capacityOf(blocks));
    }

    /** {@inheritDoc} After a failure it only gives the files back. */
    @Override
    public void close() throws StorageException {
        if (state == State.CLOSED) {
            return;
        }
        try {
            if (state == State.OPEN && lastType != FrameType.CLOSED) {
                write(() -> writeFrame(FrameType.CLOSED, lastSequence, FrameWriter.EMPTY));
            }
        } finally {
            state = State.CLOSED;
            releaseFiles();
        }
    }

    private void releaseFiles() throws StorageException {
        try {
            segments.close();
        } finally {
            if (lock != null) {
                lock.close();
                lock = null;
            }
        }
    }

    private void requireOpen() throws StorageException {
        switch (state) {
            case NEW -> throw new IllegalStateException("recover comes first");
            case CLOSED -> throw new IllegalStateException("the log is closed");
            case FAILED -> throw new StorageException(Kind.FAILED, "the log in " + disk.directory()
                    + " has failed before and takes nothing more: " + failure);
            case OPEN -> {
            }
        }
    }
}
