package io.holdfast.log;

import io.holdfast.engine.Log;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log and changes nothing, also while a server writes to it: with the checks of a start, which decide what is torn and
 * what is damaged.
 * <p>
 * While somebody writes, what has just been read may not be durable yet, so the last entry is left out (guarantee G6): an entry
 * is durable as soon as there is one behind it. A file may be used anew while it is read; its blocks then do not fit the header
 * that was read before. So what looks like damage is looked at again, with all headers, before it counts.
 * <p>
 * Reads once. Not thread-safe.
 */
public final class LogReader {

    /** So often what does not fit is looked at while nothing else changes. */
    private static final int MAX_FAILURES = 3;
    private static final int MAX_ATTEMPTS = 50;
    /** Longer than an append takes. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Disk disk;
    private final Log.EntryVisitor visitor;
    private final Checksum checksum = new Checksum();
    private long passedThrough;
    private boolean hasVisited;

    /**
     * @param disk    only read, so a {@link ReadOnlyDisk} will do
     * @param after   entries up to this one are not visited
     * @param visitor as in {@link Log#recover(long, Log.EntryVisitor)}
     */
    public LogReader(Disk disk, long after, Log.EntryVisitor visitor) {
        this.disk = disk;
        this.passedThrough = after;
        this.visitor = visitor;
    }

    /**
     * How a log ends.
     *
     * @param lastSequence of the last entry that was read; 0 if there never was one
     * @param isInUse      whether somebody writes to it: its true end is later
     * @param isClosed     whether the last process stopped cleanly
     * @param torn         where an incomplete entry begins that was never acknowledged, which the next start cuts off; null if
     *                     there is none
     */
    public record End(long lastSequence, boolean isInUse, boolean isClosed, @Nullable String torn) {}

    /**
     * Visits the entries that the log still has.
     *
     * @throws StorageException of kind DAMAGED after everything good before the damage has been visited; the message names file
     *                          and offset. Of kind FAILED if there is no log, or if entries were released before they were read
     */
    public End read() throws StorageException {
        int failures = 0;
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            boolean inUse = isInUse();
            List<SegmentHeader> headers = headers();
            try {
                return look(inUse);
            } catch (StorageException e) {
                failures += headers.equals(headers()) ? 1 : 0;
                if (e.kind() != Kind.DAMAGED || failures == MAX_FAILURES || !(inUse || isInUse())) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        throw new StorageException(Kind.FAILED, "the log in " + disk.directory()
                + " changes faster than it can be read: try again when the server is idle or stopped");
    }

    /**
     * As {@link #read}, for who keeps writers out by the lock of the disk: to take it a second time is not possible within one
     * process.
     */
    public End readLocked() throws StorageException {
        return look(false);
    }

    /** Those that can be read: they change whenever a file is used anew. */
    private List<SegmentHeader> headers() throws StorageException {
        List<Segment> readable = readable();
        for (Segment segment : readable) {
            segment.file().close();
        }
        return readable.stream().map(Segment::header).toList();
    }

    private boolean isInUse() throws StorageException {
        try {
            disk.lock().close();
            return false;
        } catch (StorageException e) {
            if (e.kind() == Kind.LOCKED) {
                return true;
            }
            throw e;
        }
    }

    private End look(boolean inUse) throws StorageException {
        SegmentSet segments = new SegmentSet(disk, FileLogOptions.DEFAULT, RandomGenerator.getDefault());
        try {
            openOrVisitWhatIsGood(segments);
            if (segments.inUse().isEmpty()) {
                throw new StorageException(Kind.FAILED, "there is no log in " + disk.directory());
            }
            Recovery recovery = new Recovery(segments.inUse(), new FrameWriter(), 0, this::visit);
            int tornBlocks = recovery.look(!inUse);
            Segment last = segments.current();
            return new End(recovery.lastSequence(), inUse, recovery.typeOfLast() == FrameType.CLOSED,
                    tornBlocks == 0 || inUse
                            ? null
                            : last.file().path() + " at offset " + Layout.offsetOf(last.nextBlock()));
        } finally {
            segments.close();
        }
    }

    private void visit(long sequence, ByteBuffer payload) throws StorageException {
        if (sequence <= passedThrough) {
            return;
        }
        if (hasVisited && sequence != passedThrough + 1) {
            throw new StorageException(Kind.FAILED, "the entries from " + (passedThrough + 1) + " to " + (sequence - 1)
                    + " were released by the server before they were read: try again");
        }
        hasVisited = true;
        passedThrough = sequence;
        visitor.entry(sequence, payload);
    }

    private void openOrVisitWhatIsGood(SegmentSet segments) throws StorageException {
        try {
            segments.open();
        } catch (StorageException damage) {
            if (damage.kind() == Kind.DAMAGED) {
                visitBefore(damage);
            }
            throw damage;
        }
    }

    /** Where one header is damaged, the files before it can still be read, as long as each follows the one before. */
    private void visitBefore(StorageException damage) throws StorageException {
        List<Segment> readable = readable();
        try {
            long oldest = readable.isEmpty() ? 0 : readable.getLast().header().oldestFrame();
            List<Segment> used = readable.stream().filter(segment -> segment.header().firstFrame() >= oldest).toList();
            if (!used.isEmpty() && used.getFirst().header().firstFrame() == oldest) {
                new Recovery(used, new FrameWriter(), 0, this::visit).look(true);
            }
        } catch (StorageException e) {
            // What comes after the hole cannot be told from what does not belong here.
            damage.addSuppressed(e);
        } finally {
            for (Segment segment : readable) {
                segment.file().close();
            }
        }
    }

    /** Every file whose header can be read, in the order of use. The caller closes them. */
    private List<Segment> readable() throws StorageException {
        List<Segment> readable = new ArrayList<>();
        for (String name : disk.list()) {
            if (SegmentSet.isSegment(name)) {
                addIfReadable(name, readable);
            }
        }
        readable.sort(Comparator.comparingLong(segment -> segment.header().incarnation()));
        return readable;
    }

    private void addIfReadable(String name, List<Segment> to) throws StorageException {
        DiskFile file = disk.open(name);
        try {
            SegmentHeader header = SegmentHeader.read(file, checksum);
            if (header != null) {
                to.add(new Segment(file, SegmentSet.number(name), header));
                return;
            }
        } catch (StorageException e) {
            // The one that is damaged, or another.
        }
        file.close();
    }
}
