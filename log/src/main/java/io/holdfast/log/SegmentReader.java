package io.holdfast.log;

import io.holdfast.engine.StorageException;
import java.nio.ByteBuffer;

/** Reads the frames of one segment after the other, through one window. Not thread-safe. */
final class SegmentReader {

    private static final int WINDOW_BLOCKS = 256;

    private final Checksum checksum = new Checksum();
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW_BLOCKS * Layout.BLOCK_BYTES);
    private Segment segment;
    private int windowStart;
    private int windowEnd;

    SegmentReader(Segment first) {
        segment = first;
    }

    void open(Segment next) {
        segment = next;
        windowStart = 0;
        windowEnd = 0;
    }

    Segment segment() {
        return segment;
    }

    ByteBuffer window() {
        return window;
    }

    Checksum checksum() {
        return checksum;
    }

    /** Brings a block into the window and returns its offset there. */
    int load(int block) throws StorageException {
        if (block < windowStart || block >= windowEnd) {
            int count = Math.min(WINDOW_BLOCKS, segment.header().blocks() - block);
            window.clear().limit(count * Layout.BLOCK_BYTES);
            int bytes = segment.file().read(Layout.offsetOf(block), window);
            window.clear();
            if (bytes < count * Layout.BLOCK_BYTES) {
                throw Damage.at(segment.file(), Layout.offsetOf(block) + bytes, "the file ends too early");
            }
            windowStart = block;
            windowEnd = block + count;
        }
        return (block - windowStart) * Layout.BLOCK_BYTES;
    }

    /**
     * Blocks that the frame starting here has, by its own account.
     *
     * @return 0 if the block is no valid start of that frame
     */
    int blocksOfFrameAt(int block, long number) throws StorageException {
        int at = load(block);
        SegmentHeader header = segment.header();
        if (!Stamp.is(window, at, header.incarnation(), number, 0, checksum) || window
                .getInt(at + Layout.FRAME_HEADER_CRC) != FrameWriter.headerCrc(window, at, header.salt(), checksum)) {
            return 0;
        }
        int payloadBytes = window.getInt(at + Layout.FRAME_PAYLOAD_BYTES);
        if (payloadBytes < 0 || payloadBytes > Layout.capacityOf(header.blocks() - block)) {
            throw Damage.at(segment.file(), Layout.offsetOf(block), "an entry of " + payloadBytes
                    + " bytes cannot be here");
        }
        return Layout.blocksFor(payloadBytes);
    }

    /**
     * Reads the frame with this number at this block.
     *
     * @return whether there is a complete and valid one
     */
    boolean read(int block, long number, Frame into) throws StorageException {
        int blocks = blocksOfFrameAt(block, number);
        if (blocks == 0) {
            return false;
        }
        int at = load(block);
        FrameType type = FrameType.of(window.getInt(at + Layout.FRAME_TYPE));
        if (type == null) {
            throw Damage.at(segment.file(), Layout.offsetOf(block), "an entry has the unknown type "
                    + window.getInt(at + Layout.FRAME_TYPE));
        }
        into.type = type;
        into.number = number;
        into.sequence = window.getLong(at + Layout.FRAME_SEQUENCE);
        into.block = block;
        into.blocks = blocks;
        into.reserve(window.getInt(at + Layout.FRAME_PAYLOAD_BYTES));
        return gather(into)
                && FrameWriter.payloadCrc(window, load(block), segment.header().salt(), into.payload,
                        checksum) == window.getInt(load(block) + Layout.FRAME_PAYLOAD_CRC);
    }

    private boolean gather(Frame into) throws StorageException {
        int done = 0;
        for (int index = 0; index < into.blocks; index++) {
            int at = load(into.block + index);
            if (!Stamp.is(window, at, segment.header().incarnation(), into.number, index, checksum)) {
                return false;
            }
            int skip = index == 0 ? Layout.FRAME_PAYLOAD : Layout.STAMP_BYTES;
            int count = Math.min(Layout.BLOCK_BYTES - skip, into.payload.limit() - done);
            into.payload.put(done, window, at + skip, count);
            done += count;
        }
        return true;
    }
}
