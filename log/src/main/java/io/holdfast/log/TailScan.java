package io.holdfast.log;

import io.holdfast.engine.StorageException;

/**
 * Decides what lies behind the last valid frame of the last segment: nothing, the torn remains of one frame that was never
 * acknowledged, or damage.
 * <p>
 * A block is old if its stamp is all zero or well-formed with a lower incarnation; it is new if it carries the stamp of the
 * expected frame at its place. Anything else is damage. New blocks are the remains of a torn write, and may be cut, only if
 * the frame has at least one old block: then the write was not complete, so it never returned. The block that a frame begins
 * with is written as a whole, so if it is new, it says how many blocks the frame has, and its own checksum must be right.
 */
final class TailScan {

    private final SegmentReader reader;
    private final int start;
    private final long expectedFrame;
    private int newBlocks;
    private int endOfNew;

    private TailScan(SegmentReader reader, int start, long expectedFrame) {
        this.reader = reader;
        this.start = start;
        this.expectedFrame = expectedFrame;
    }

    /**
     * @param start         first block that does not begin a valid frame
     * @param expectedFrame the frame that would begin there
     * @param lastType      type of the frame before
     * @return blocks from {@code start} on that hold all remains of a torn frame; 0 if there are none
     */
    static int tornBlocks(SegmentReader reader, int start, long expectedFrame, FrameType lastType)
            throws StorageException {
        TailScan scan = new TailScan(reader, start, expectedFrame);
        scan.countNewBlocks();
        if (scan.newBlocks > 0) {
            scan.requireTorn(lastType);
        }
        return scan.endOfNew;
    }

    private void countNewBlocks() throws StorageException {
        long incarnation = reader.segment().header().incarnation();
        for (int block = start; block < reader.segment().header().blocks(); block++) {
            int at = reader.load(block);
            if (Stamp.isZero(reader.window(), at)) {
                continue;
            }
            if (!Stamp.isWellFormed(reader.window(), at, reader.checksum())) {
                throw damage(block, "the stamp of the block does not match its checksum");
            }
            long stamped = Stamp.incarnation(reader.window(), at);
            if (stamped < incarnation) {
                continue;
            }
            if (!Stamp.is(reader.window(), at, incarnation, expectedFrame, block - start, reader.checksum())) {
                throw damage(block, "frame " + expectedFrame + " is not valid, but here is a block of frame "
                        + Stamp.frame(reader.window(), at) + ", incarnation " + stamped);
            }
            newBlocks++;
            endOfNew = block - start + 1;
        }
    }

    private void requireTorn(FrameType lastType) throws StorageException {
        if (lastType == FrameType.CLOSED) {
            throw damage(start, "frame " + expectedFrame + " is not valid, but it follows a clean stop");
        }
        if (!Stamp.is(reader.window(), reader.load(start), reader.segment().header().incarnation(), expectedFrame, 0,
                reader.checksum())) {
            return; // The first block is old.
        }
        int blocks = reader.blocksOfFrameAt(start, expectedFrame);
        if (blocks == 0) {
            throw damage(start, "the header of frame " + expectedFrame + " does not match its checksum");
        }
        if (newBlocks >= blocks || endOfNew > blocks) {
            throw damage(start, "frame " + expectedFrame + " is complete but does not match its checksum");
        }
    }

    private StorageException damage(int block, String what) {
        return Damage.at(reader.segment().file(), Layout.offsetOf(block), what);
    }
}
