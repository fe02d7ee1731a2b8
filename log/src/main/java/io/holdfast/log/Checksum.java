package io.holdfast.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C over parts of buffers, without allocation. Not thread-safe. */
final class Checksum {

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer salt = ByteBuffer.allocate(Long.BYTES);

    Checksum start() {
        crc.reset();
        return this;
    }

    Checksum start(long withSalt) {
        crc.reset();
        salt.putLong(0, withSalt);
        return add(salt, 0, Long.BYTES);
    }

    /** Adds {@code buffer[from, to)}; position and limit of the buffer stay as they are. */
    Checksum add(ByteBuffer buffer, int from, int to) {
        int position = buffer.position();
        int limit = buffer.limit();
        buffer.limit(to).position(from);
        crc.update(buffer);
        buffer.limit(limit).position(position);
        return this;
    }

    int value() {
        return (int) crc.getValue();
    }
}
