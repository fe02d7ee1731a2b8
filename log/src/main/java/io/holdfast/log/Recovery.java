package io.holdfast.log;

import io.holdfast.engine.Log;
import io.holdfast.engine.StorageException;
import io.holdfast.log.SegmentHeader.Successor;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log from its oldest segment on, visits the entries and leaves the disk so that it can grow.
 * <p>
 * Frames are visited one behind the reading, because the last one must be made durable first. Nothing is written before
 * everything has been found good. What is written then is durable before it is relied on, even if the process before was
 * killed and left it in the page cache only: headers of the last two segments, zeros over a torn frame, the last frame.
 */
final class Recovery {

    /**
     * @param nextFrame    number of the next frame
     * @param lastSequence of the last entry, 0 if there was none ever
     * @param lastType     of the last frame; OPENED in a new log
     * @param tornBlocks   of a frame that was never acknowledged, cut off
     */
    record End(long nextFrame, long lastSequence, FrameType lastType, int tornBlocks) {}

    private final List<Segment> segments;
    private final long after;
    private final Log.EntryVisitor visitor;
    private final FrameWriter writer;
    private final SegmentReader reader;
    private long nextFrame;
    private long lastSequence;
    private @Nullable FrameType lastType;
    private Frame read = new Frame();
    /** The frame before the one being read: valid, not visited yet. Meaningless while {@link #lastType} is null. */
    private Frame pending = new Frame();
    private Segment segmentOfPending;

    /** @param after the last entry that is not visited; there has to be one */
    Recovery(List<Segment> segments, FrameWriter writer, long after, Log.EntryVisitor visitor) {
        this.segments = segments;
        this.after = after;
        this.visitor = visitor;
        this.writer = writer;
        Segment oldest = segments.getFirst();
        reader = new SegmentReader(oldest);
        segmentOfPending = oldest;
        nextFrame = oldest.header().firstFrame();
        lastSequence = oldest.header().firstSequence() - 1;
    }

    End run() throws StorageException {
        int torn = readAll();
        makeDurable(segments.getLast(), torn);
        return new End(nextFrame, lastSequence, typeOfLast(), torn);
    }

    /**
     * Visits what {@link #run} would, and writes nothing: the last entry may not be durable. What is good before damage is
     * visited before it is told.
     *
     * @param visitsLast whether the last frame is visited too
     * @return blocks of a torn frame, from {@link Segment#nextBlock} of the last segment on; 0 if there is none
     */
    int look(boolean visitsLast) throws StorageException {
        try {
            return readAll();
        } finally {
            if (visitsLast && lastType != null) {
                visit(pending);
            }
        }
    }

    /** Of the last entry that was read. */
    long lastSequence() {
        return lastSequence;
    }

    /** Of the last frame; OPENED if there is none. */
    FrameType typeOfLast() {
        return lastType == null ? FrameType.OPENED : lastType;
    }

    private int readAll() throws StorageException {
        for (int i = 0; i + 1 < segments.size(); i++) {
            readFull(segments.get(i), segments.get(i + 1));
        }
        Segment current = segments.getLast();
        readFrames(current, Long.MAX_VALUE);
        int torn = TailScan.tornBlocks(reader, current.nextBlock(), nextFrame, typeOfLast());
        checkReaches(current, torn);
        return torn;
    }

    private @Nullable Segment beforeTheLast() {
        return segments.size() < 2 ? null : segments.get(segments.size() - 2);
    }

    private void checkReaches(Segment current, int tornBlocks) throws StorageException {
        Segment before = beforeTheLast();
        boolean isUsed = current.nextBlock() > Layout.FIRST_FRAME_BLOCK || tornBlocks > 0;
        if (before != null && isUsed && before.header().successor().equals(Successor.NONE)) {
            throw damage(before, 0, "it does not say that the log goes on in " + current.file().path()
                    + ", which holds entries");
        }
        if (lastSequence < after) {
            throw damage(current, current.nextBlock(), "the log ends with entry " + lastSequence
                    + ", but the store holds what entries up to " + after + " did");
        }
    }

    /** A segment that is not the last one was complete before the next one was begun. */
    private void readFull(Segment segment, Segment next) throws StorageException {
        SegmentHeader following = next.header();
        readFrames(segment, following.firstFrame());
        if (nextFrame != following.firstFrame()) {
            throw damage(segment, segment.nextBlock(), "frame " + nextFrame + " is not valid, but "
                    + next.file().path() + " begins with frame " + following.firstFrame());
        }
        if (lastSequence + 1 != following.firstSequence()) {
            throw damage(next, 0, "its first sequence is " + following.firstSequence() + " instead of "
                    + (lastSequence + 1));
        }
    }

    private void readFrames(Segment segment, long endFrame) throws StorageException {
        reader.open(segment);
        int block = Layout.FIRST_FRAME_BLOCK;
        while (nextFrame < endFrame && block < segment.header().blocks() && reader.read(block, nextFrame, read)) {
            accept(segment);
            block += pending.blocks;
        }
        segment.nextBlock(block);
    }

    private void accept(Segment segment) throws StorageException {
        checkOrder(segment);
        if (lastType != null) {
            visit(pending);
        }
        Frame before = pending;
        pending = read;
        read = before;
        segmentOfPending = segment;
        lastType = pending.type;
        lastSequence = pending.sequence;
        nextFrame++;
    }

    private void checkOrder(Segment segment) throws StorageException {
        long expected = read.type == FrameType.DATA ? lastSequence + 1 : lastSequence;
        if (read.sequence != expected) {
            throw damage(segment, read.block, "an entry has sequence " + read.sequence + " instead of " + expected);
        }
        if (lastType != null && (lastType == FrameType.CLOSED) != (read.type == FrameType.OPENED)) {
            throw damage(segment, read.block, read.type + " cannot follow " + lastType);
        }
    }

    private void visit(Frame frame) throws StorageException {
        if (frame.type == FrameType.DATA && frame.sequence > after) {
            visitor.entry(frame.sequence, frame.payload.asReadOnlyBuffer());
        }
    }

    private void makeDurable(Segment current, int tornBlocks) throws StorageException {
        current.writeHeader(reader.checksum());
        Segment before = beforeTheLast();
        if (before != null) {
            before.goesOnIn(current, reader.checksum());
        }
        if (tornBlocks > 0) {
            // Else their stamps could later be taken for those of the frame that gets the same number.
            ByteBuffer zeros = ByteBuffer.allocateDirect(tornBlocks * Layout.BLOCK_BYTES);
            current.file().writeSynced(Layout.offsetOf(current.nextBlock()), zeros);
        }
        // A recovery that was killed here before may have left its zeros in the page cache.
        current.file().sync();
        if (lastType != null) {
            segmentOfPending.file().writeSynced(Layout.offsetOf(pending.block),
                    writer.encode(segmentOfPending.header(), pending.number, pending.type, pending.sequence,
                            pending.payload));
            visit(pending);
        }
    }

    private static StorageException damage(Segment segment, int block, String what) {
        return Damage.at(segment.file(), Layout.offsetOf(block), what);
    }
}
