package io.holdfast.log;

import io.holdfast.engine.StorageException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Block 0 of a segment, written durably before the first frame of each use of the file, and once more when the log goes on in
 * another one.
 *
 * @param blocks        of the file, this one included
 * @param storeId       random, the same in all files of a log
 * @param incarnation   grows by one with every use of any file, so stamps left over from earlier uses carry lower ones
 * @param salt          random, goes into the checksums of the frames
 * @param firstFrame    number of the first frame here
 * @param firstSequence of the first entry here, or, if there is none, of the first one in the next segment
 * @param oldestFrame   first frame of the oldest segment in use when this header was written; segments that begin before it
 *                      had been released
 * @param successor     where the log goes on
 */
record SegmentHeader(int blocks, long storeId, long incarnation, long salt, long firstFrame, long firstSequence,
        long oldestFrame, Successor successor) {

    /**
     * Where the log goes on behind a segment: written there before the first frame of the other, so that a file whose frames are
     * gone is missed.
     *
     * @param incarnation of the file's use; 0 if there is none
     * @param file        its number
     */
    record Successor(long incarnation, int file) {
        /** The log does not go on elsewhere, or at most in a segment without frames. */
        static final Successor NONE = new Successor(0, 0);
        /** The format of this header does not tell. */
        static final Successor UNKNOWN = new Successor(-1, 0);
    }

    private static final long MAGIC = 0x484f4c44464c4f47L; // HOLDFLOG
    private static final int FORMAT_VERSION = 2;
    /** Has no successor: its checksum stands there. */
    private static final int VERSION_ONE = 1;

    private static final int VERSION = 8;
    private static final int BLOCKS = 12;
    private static final int STORE_ID = 16;
    private static final int INCARNATION = 24;
    private static final int SALT = 32;
    private static final int FIRST_FRAME = 40;
    private static final int FIRST_SEQUENCE = 48;
    private static final int OLDEST_FRAME = 56;
    private static final int CRC_VERSION_ONE = 64;
    private static final int SUCCESSOR_INCARNATION = 64;
    private static final int SUCCESSOR_FILE = 72;
    private static final int CRC = 76;
    private static final int BYTES = 80;

    SegmentHeader withSuccessor(Successor next) {
        return new SegmentHeader(blocks, storeId, incarnation, salt, firstFrame, firstSequence, oldestFrame, next);
    }

    /** Writes the header to the start of the buffer, which holds a whole block of zeros. */
    void encode(ByteBuffer block, Checksum checksum) {
        block.putLong(0, MAGIC);
        block.putInt(VERSION, FORMAT_VERSION);
        block.putInt(BLOCKS, blocks);
        block.putLong(STORE_ID, storeId);
        block.putLong(INCARNATION, incarnation);
        block.putLong(SALT, salt);
        block.putLong(FIRST_FRAME, firstFrame);
        block.putLong(FIRST_SEQUENCE, firstSequence);
        block.putLong(OLDEST_FRAME, oldestFrame);
        block.putLong(SUCCESSOR_INCARNATION, successor.incarnation);
        block.putInt(SUCCESSOR_FILE, successor.file);
        block.putInt(CRC, checksum.start().add(block, 0, CRC).value());
    }

    /** Reads block 0 of the file; null if the file was never used. */
    static @Nullable SegmentHeader read(DiskFile file, Checksum checksum) throws StorageException {
        ByteBuffer start = ByteBuffer.allocate(Layout.BLOCK_BYTES + Layout.STAMP_BYTES);
        file.read(0, start);
        if (isBlank(start)) {
            if (!Stamp.isZero(start, Layout.BLOCK_BYTES)) {
                throw Damage.at(file, 0, "the header is gone, but there are entries behind it");
            }
            return null;
        }
        checkIsHeader(file, start, checksum);
        SegmentHeader header = new SegmentHeader(start.getInt(BLOCKS), start.getLong(STORE_ID),
                start.getLong(INCARNATION), start.getLong(SALT), start.getLong(FIRST_FRAME),
                start.getLong(FIRST_SEQUENCE), start.getLong(OLDEST_FRAME), successor(start));
        if (file.size() < Layout.offsetOf(header.blocks)) {
            throw Damage.at(file, file.size(), "the file should have " + Layout.offsetOf(header.blocks) + " bytes");
        }
        return header;
    }

    private static void checkIsHeader(DiskFile file, ByteBuffer start, Checksum checksum) throws StorageException {
        int version = start.getInt(VERSION);
        if (start.getLong(0) == MAGIC && version != VERSION_ONE && version != FORMAT_VERSION) {
            throw Damage.at(file, VERSION, "format version " + version + " is unknown; this program knows "
                    + VERSION_ONE + " and " + FORMAT_VERSION + ": a newer one wrote it, or it is damaged");
        }
        int crcAt = version == VERSION_ONE ? CRC_VERSION_ONE : CRC;
        if (start.getLong(0) != MAGIC || start.getInt(crcAt) != checksum.start().add(start, 0, crcAt).value()) {
            throw Damage.at(file, 0, "the header does not match its checksum");
        }
    }

    private static Successor successor(ByteBuffer start) {
        return start.getInt(VERSION) == VERSION_ONE
                ? Successor.UNKNOWN
                : new Successor(start.getLong(SUCCESSOR_INCARNATION), start.getInt(SUCCESSOR_FILE));
    }

    private static boolean isBlank(ByteBuffer start) {
        for (int i = 0; i < BYTES; i++) {
            if (start.get(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
