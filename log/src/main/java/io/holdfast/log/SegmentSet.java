package io.holdfast.log;

import io.holdfast.core.Check;
import io.holdfast.engine.StorageException;
import io.holdfast.log.SegmentHeader.Successor;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The files of a log: those in use, in the order of their first frames, and those free for (re)use. A file in use holds frames
 * that may still be needed; the last one is the one that grows. Not thread-safe.
 */
final class SegmentSet {

    private static final String PREFIX = "log-";
    private static final String SUFFIX = ".seg";
    private static final Pattern NAME = Pattern.compile(PREFIX + "\\d{3,9}" + Pattern.quote(SUFFIX));
    private static final int ZEROS_BYTES = 1 << 20;

    /** @param blank whether it was never used, so that its contents may be incomplete */
    private record FreeFile(DiskFile file, int number, boolean blank) {}

    private final Disk disk;
    private final int maxSegments;
    private final RandomGenerator random;
    private final Checksum checksum = new Checksum();
    private final List<DiskFile> files = new ArrayList<>();
    private final Deque<Segment> inUse = new ArrayDeque<>();
    private final Deque<FreeFile> free = new ArrayDeque<>();
    private int segmentBlocks;
    private long storeId;
    private long lastIncarnation;

    SegmentSet(Disk disk, FileLogOptions options, RandomGenerator random) {
        this.disk = disk;
        this.maxSegments = options.maxSegments();
        this.random = random;
        this.segmentBlocks = (int) (options.segmentBytes() / Layout.BLOCK_BYTES);
    }

    /** Opens the files and sorts out which are in use. Changes nothing on the disk. */
    void open() throws StorageException {
        List<String> names = disk.list().stream().filter(SegmentSet::isSegment).toList();
        List<Segment> used = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (!names.contains(name(i))) {
                throw Damage.in(disk, "file " + name(i) + " is missing, but there is " + names.getLast());
            }
            DiskFile file = disk.open(name(i));
            files.add(file);
            SegmentHeader header = SegmentHeader.read(file, checksum);
            if (header == null) {
                free.add(new FreeFile(file, i, true));
            } else {
                used.add(new Segment(file, i, header));
            }
        }
        if (used.isEmpty()) {
            storeId = random.nextLong();
        } else {
            arrange(used);
        }
    }

    private void arrange(List<Segment> used) throws StorageException {
        used.sort(Comparator.comparingLong(segment -> segment.header().incarnation()));
        Segment newest = used.getLast();
        storeId = newest.header().storeId();
        lastIncarnation = newest.header().incarnation();
        segmentBlocks = newest.header().blocks();
        for (Segment segment : used) {
            checkFits(segment, newest);
        }
        checkIsTheEnd(newest);
        for (Segment segment : used) {
            if (segment.header().firstFrame() < newest.header().oldestFrame()) {
                // In front: a file released earlier is taken before one that must be filled with zeros first.
                free.addFirst(new FreeFile(segment.file(), segment.number(), false));
            } else {
                checkFollows(segment, newest.header().oldestFrame());
                inUse.add(segment);
            }
        }
    }

    private static void checkFits(Segment segment, Segment newest) throws StorageException {
        SegmentHeader header = segment.header();
        if (header.storeId() != newest.header().storeId()) {
            throw Damage.at(segment.file(), 0, "it belongs to another log than " + newest.file().path());
        }
        if (header.blocks() != newest.header().blocks()) {
            throw Damage.at(segment.file(), 0, "its size differs from that of " + newest.file().path());
        }
        if (segment != newest && header.incarnation() == newest.header().incarnation()) {
            throw Damage.at(segment.file(), 0, "it has the same incarnation as " + newest.file().path());
        }
    }

    /** A file in use that was emptied looks like one that was never used, but the one before it tells. */
    private void checkIsTheEnd(Segment newest) throws StorageException {
        Successor next = newest.header().successor();
        if (!next.equals(Successor.NONE) && !next.equals(Successor.UNKNOWN)) {
            throw isGone(newest, next);
        }
    }

    private StorageException isGone(Segment before, Successor next) {
        return Damage.in(disk, "file " + name(next.file()) + " lacks what " + before.file().path()
                + " says goes on there, as incarnation " + next.incarnation());
    }

    private void checkFollows(Segment segment, long oldestFrame) throws StorageException {
        long first = segment.header().firstFrame();
        if (inUse.isEmpty() && first != oldestFrame) {
            throw Damage.at(segment.file(), 0, "it begins with frame " + first + ", but a file that begins with frame "
                    + oldestFrame + " is missing" + blankFiles());
        }
        if (!inUse.isEmpty()) {
            Successor next = inUse.getLast().header().successor();
            boolean isTold = !next.equals(Successor.NONE) && !next.equals(Successor.UNKNOWN);
            if (isTold && !next.equals(segment.asSuccessor())) {
                throw isGone(inUse.getLast(), next);
            }
        }
        if (!inUse.isEmpty() && first <= inUse.getLast().header().firstFrame()) {
            throw Damage.at(segment.file(), 0, "it begins with frame " + first + " like or before "
                    + inUse.getLast().file().path() + ", which is older");
        }
    }

    /** For messages: a file in use whose frames are gone is among these, if its name is still there. */
    String blankFiles() {
        if (files.isEmpty()) {
            return "; there is no file " + name(0);
        }
        List<String> blank = free.stream().filter(FreeFile::blank).map(file -> file.file().path()).toList();
        return blank.isEmpty() ? "" : "; nothing is in " + String.join(", ", blank);
    }

    static boolean isSegment(String name) {
        return NAME.matcher(name).matches();
    }

    /** The number in the name of a segment. */
    static int number(String name) {
        return Integer.parseInt(name.substring(PREFIX.length(), name.length() - SUFFIX.length()));
    }

    private static String name(int index) {
        return String.format("%s%03d%s", PREFIX, index, SUFFIX);
    }

    /** Whether there is no file yet. */
    boolean isNew() {
        return files.isEmpty();
    }

    /** Oldest first. */
    List<Segment> inUse() {
        return List.copyOf(inUse);
    }

    int segmentBlocks() {
        return segmentBlocks;
    }

    Segment current() {
        return inUse.getLast();
    }

    /** Whether a segment can be started without anything being released. */
    boolean hasFree() {
        return freeFiles() > 0;
    }

    private int freeFiles() {
        return free.size() + Math.max(0, maxSegments - files.size());
    }

    /** Blocks that frames may still take. */
    long freeBlocks() {
        int perFile = segmentBlocks - Layout.FIRST_FRAME_BLOCK - Layout.CLOSED_RESERVE_BLOCKS;
        return current().freeBlocks() + (long) freeFiles() * perFile;
    }

    /** Takes a free file, creating one if there is none, and makes it the current segment, durably. */
    Segment start(long firstFrame, long firstSequence) throws StorageException {
        Check.that(hasFree(), "a segment is started only if there is a free file");
        if (free.isEmpty()) {
            DiskFile created = disk.create(name(files.size()));
            files.add(created);
            free.add(new FreeFile(created, files.size() - 1, true));
        }
        FreeFile taken = free.removeFirst();
        if (taken.blank()) {
            fill(taken.file());
        }
        lastIncarnation++;
        long oldestFrame = inUse.isEmpty() ? firstFrame : inUse.getFirst().header().firstFrame();
        Segment segment = new Segment(taken.file(), taken.number(), new SegmentHeader(segmentBlocks, storeId,
                lastIncarnation, random.nextLong(), firstFrame, firstSequence, oldestFrame, Successor.NONE));
        segment.writeHeader(checksum);
        if (!inUse.isEmpty()) {
            inUse.getLast().goesOnIn(segment, checksum);
        }
        inUse.add(segment);
        return segment;
    }

    /** A file without a header may be a creation that a crash cut short, so it is filled again from the start. */
    private void fill(DiskFile file) throws StorageException {
        long bytes = Layout.offsetOf(segmentBlocks);
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(bytes, ZEROS_BYTES));
        for (long at = 0; at < bytes; at += zeros.limit()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
            file.write(at, zeros);
        }
        file.sync();
        disk.syncDirectory();
    }

    /** Frees segments from the oldest on, as long as all their entries are at or before the sequence. Never the current one. */
    void releaseThrough(long sequence) {
        while (inUse.size() > 1) {
            Segment oldest = inUse.removeFirst();
            if (inUse.getFirst().header().firstSequence() - 1 > sequence) {
                inUse.addFirst(oldest);
                return;
            }
            free.addFirst(new FreeFile(oldest.file(), oldest.number(), false));
        }
    }

    /** Reports the first file that refuses, after closing all. */
    void close() throws StorageException {
        StorageException refused = null;
        for (DiskFile file : files) {
            try {
                file.close();
            } catch (StorageException e) {
                refused = refused == null ? e : refused;
            }
        }
        files.clear();
        if (refused != null) {
            throw refused;
        }
    }
}
