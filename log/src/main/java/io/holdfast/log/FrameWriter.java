package io.holdfast.log;

import java.nio.ByteBuffer;

/** Encodes frames into one reused buffer. Not thread-safe. */
final class FrameWriter {

    static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private static final int FIRST_BUFFER_BYTES = 64 << 10;

    private final Checksum checksum = new Checksum();
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(Layout.BLOCK_BYTES);
    private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST_BUFFER_BYTES);

    /**
     * @param payload from position to limit, which stay as they are
     * @return whole blocks from position to limit, valid until the next call
     */
    ByteBuffer encode(SegmentHeader segment, long frame, FrameType type, long sequence, ByteBuffer payload) {
        int payloadBytes = payload.remaining();
        int blocks = Layout.blocksFor(payloadBytes);
        reserve(blocks * Layout.BLOCK_BYTES);
        for (int index = 0; index < blocks; index++) {
            Stamp.write(buffer, index * Layout.BLOCK_BYTES, segment.incarnation(), frame, index, checksum);
        }
        buffer.putLong(Layout.FRAME_SEQUENCE, sequence);
        buffer.putInt(Layout.FRAME_PAYLOAD_BYTES, payloadBytes);
        buffer.putInt(Layout.FRAME_TYPE, type.code);
        buffer.putInt(Layout.FRAME_PAYLOAD_CRC, payloadCrc(buffer, 0, segment.salt(), payload, checksum));
        buffer.putInt(Layout.FRAME_HEADER_CRC, headerCrc(buffer, 0, segment.salt(), checksum));
        spread(payload, blocks);
        return buffer;
    }

    static int payloadCrc(ByteBuffer block, int at, long salt, ByteBuffer payload, Checksum checksum) {
        return checksum.start(salt).add(block, at, at + Layout.FRAME_PAYLOAD_CRC)
                .add(payload, payload.position(), payload.limit()).value();
    }

    static int headerCrc(ByteBuffer block, int at, long salt, Checksum checksum) {
        return checksum.start(salt).add(block, at, at + Layout.FRAME_HEADER_CRC).value();
    }

    private void reserve(int bytes) {
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocateDirect(Math.max(bytes, 2 * buffer.capacity()));
        }
        buffer.clear().limit(bytes);
    }

    private void spread(ByteBuffer payload, int blocks) {
        int from = payload.position();
        int at = Layout.FRAME_PAYLOAD;
        for (int index = 0; index < blocks; index++) {
            int end = (index + 1) * Layout.BLOCK_BYTES;
            int count = Math.min(end - at, payload.limit() - from);
            buffer.put(at, payload, from, count);
            buffer.put(at + count, zeros, 0, end - at - count);
            from += count;
            at = end + Layout.STAMP_BYTES;
        }
    }
}
