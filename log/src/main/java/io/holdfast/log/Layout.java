package io.holdfast.log;

/**
 * Sizes and offsets of the format. Stored for ever: a change needs a new format version. Integers are big-endian.
 *
 * <pre>
 * segment  block 0: header ({@link SegmentHeader}), blocks 1 and up: frames
 * frame    one or more whole blocks, one behind the other; the rest of the last one is zero
 * block    stamp: incarnation 8, frame number 8, index of the block in its frame 4, CRC32C of these 4
 *          in the first block of a frame: sequence 8, payload bytes 4, type 4, payload CRC32C 4, header CRC32C 4
 *          then payload
 * </pre>
 *
 * The payload CRC covers the salt of the segment, the stamp of the first block, sequence, size and type, and the payload. The
 * header CRC covers the salt and everything before it in the block: without it a changed size could make a complete entry
 * look like a torn one. The stamp CRC has no salt, because stamps are read long after the salt they were written under is gone.
 */
final class Layout {

    /** Unit of stamps, and of what the disk is assumed to write as a whole or not at all. */
    static final int BLOCK_BYTES = 4096;

    static final int STAMP_INCARNATION = 0;
    static final int STAMP_FRAME = 8;
    static final int STAMP_INDEX = 16;
    static final int STAMP_CRC = 20;
    static final int STAMP_BYTES = 24;

    static final int FRAME_SEQUENCE = 24;
    static final int FRAME_PAYLOAD_BYTES = 32;
    static final int FRAME_TYPE = 36;
    static final int FRAME_PAYLOAD_CRC = 40;
    static final int FRAME_HEADER_CRC = 44;
    static final int FRAME_PAYLOAD = 48;

    static final int FIRST_CAPACITY = BLOCK_BYTES - FRAME_PAYLOAD;
    static final int NEXT_CAPACITY = BLOCK_BYTES - STAMP_BYTES;

    /** Header at the start; the last block is kept for the marker of a clean stop, so that a full log can still be closed. */
    static final int FIRST_FRAME_BLOCK = 1;
    static final int CLOSED_RESERVE_BLOCKS = 1;

    private Layout() {
    }

    /** Blocks of a frame with this payload. */
    static int blocksFor(int payloadBytes) {
        if (payloadBytes <= FIRST_CAPACITY) {
            return 1;
        }
        return 1 + Math.ceilDiv(payloadBytes - FIRST_CAPACITY, NEXT_CAPACITY);
    }

    /** Payload bytes of a frame of so many blocks. */
    static int capacityOf(int blocks) {
        return FIRST_CAPACITY + (blocks - 1) * NEXT_CAPACITY;
    }

    static long offsetOf(int block) {
        return (long) block * BLOCK_BYTES;
    }
}
