package io.holdfast.log;

import io.holdfast.engine.StorageException;
import io.holdfast.log.SegmentHeader.Successor;
import java.nio.ByteBuffer;

/** A segment in use: a file, its header and how far it is filled. */
final class Segment {

    private final DiskFile file;
    private final int number;
    private SegmentHeader header;
    private int nextBlock = Layout.FIRST_FRAME_BLOCK;

    /** @param number of the file, as in its name */
    Segment(DiskFile file, int number, SegmentHeader header) {
        this.file = file;
        this.number = number;
        this.header = header;
    }

    DiskFile file() {
        return file;
    }

    int number() {
        return number;
    }

    SegmentHeader header() {
        return header;
    }

    /** First block behind the frames. */
    int nextBlock() {
        return nextBlock;
    }

    void nextBlock(int block) {
        nextBlock = block;
    }

    /** Blocks that frames may still take, without the one kept for the marker of a clean stop. */
    int freeBlocks() {
        return Math.max(0, header.blocks() - Layout.CLOSED_RESERVE_BLOCKS - nextBlock);
    }

    void writeHeader(Checksum checksum) throws StorageException {
        ByteBuffer block = ByteBuffer.allocateDirect(Layout.BLOCK_BYTES);
        header.encode(block, checksum);
        file.writeSynced(0, block);
    }

    /** Notes, durably, that the log goes on in another segment. Comes before the first frame there. */
    void goesOnIn(Segment next, Checksum checksum) throws StorageException {
        header = header.withSuccessor(next.asSuccessor());
        writeHeader(checksum);
    }

    Successor asSuccessor() {
        return new Successor(header.incarnation(), number);
    }

    /** Appends an encoded frame of whole blocks. */
    void append(ByteBuffer frame) throws StorageException {
        int blocks = frame.remaining() / Layout.BLOCK_BYTES;
        file.writeSynced(Layout.offsetOf(nextBlock), frame);
        nextBlock += blocks;
    }
}
