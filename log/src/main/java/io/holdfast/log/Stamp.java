package io.holdfast.log;

import java.nio.ByteBuffer;

/** What every block of a frame starts with: tells who wrote the block last. Works on the block at an offset of a buffer. */
final class Stamp {

    private Stamp() {
    }

    static void write(ByteBuffer buffer, int at, long incarnation, long frame, int index, Checksum checksum) {
        buffer.putLong(at + Layout.STAMP_INCARNATION, incarnation);
        buffer.putLong(at + Layout.STAMP_FRAME, frame);
        buffer.putInt(at + Layout.STAMP_INDEX, index);
        buffer.putInt(at + Layout.STAMP_CRC, checksum.start().add(buffer, at, at + Layout.STAMP_CRC).value());
    }

    static boolean isZero(ByteBuffer buffer, int at) {
        return buffer.getLong(at) == 0 && buffer.getLong(at + 8) == 0 && buffer.getLong(at + 16) == 0;
    }

    static boolean isWellFormed(ByteBuffer buffer, int at, Checksum checksum) {
        return buffer.getInt(at + Layout.STAMP_CRC) == checksum.start().add(buffer, at, at + Layout.STAMP_CRC).value();
    }

    static boolean is(ByteBuffer buffer, int at, long incarnation, long frame, int index, Checksum checksum) {
        return incarnation(buffer, at) == incarnation && frame(buffer, at) == frame && index(buffer, at) == index
                && isWellFormed(buffer, at, checksum);
    }

    static long incarnation(ByteBuffer buffer, int at) {
        return buffer.getLong(at + Layout.STAMP_INCARNATION);
    }

    static long frame(ByteBuffer buffer, int at) {
        return buffer.getLong(at + Layout.STAMP_FRAME);
    }

    static int index(ByteBuffer buffer, int at) {
        return buffer.getInt(at + Layout.STAMP_INDEX);
    }
}
