package io.holdfast.log;

import java.nio.ByteBuffer;

/** A frame as read, in buffers that are reused for the next one. */
final class Frame {

    FrameType type = FrameType.DATA;
    long number;
    long sequence;
    int block;
    int blocks;
    /** The payload from 0 to limit. */
    ByteBuffer payload = ByteBuffer.allocateDirect(Layout.BLOCK_BYTES);

    void reserve(int payloadBytes) {
        if (payload.capacity() < payloadBytes) {
            payload = ByteBuffer.allocateDirect(Math.max(payloadBytes, 2 * payload.capacity()));
        }
        payload.clear().limit(payloadBytes);
    }
}
