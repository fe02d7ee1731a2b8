package io.holdfast.store;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Values with a checksum of their own in front, over key and contents: it finds what went wrong in memory or at the wrong key,
 * where the block checksums of RocksDB find what went wrong on the disk. Not thread-safe.
 */
final class Sealed {

    static final int CRC_BYTES = Integer.BYTES;

    private final CRC32C crc = new CRC32C();

    /** Puts the checksum into the first bytes of {@code value}. */
    void seal(byte[] key, byte[] value, int size) {
        ByteBuffer.wrap(value).putInt(0, checksum(key, value, size));
    }

    byte[] sealed(byte[] key, byte[] contents) {
        byte[] value = new byte[CRC_BYTES + contents.length];
        System.arraycopy(contents, 0, value, CRC_BYTES, contents.length);
        seal(key, value, value.length);
        return value;
    }

    boolean isWhole(byte[] key, byte[] value, int size) {
        return size >= CRC_BYTES && ByteBuffer.wrap(value).getInt(0) == checksum(key, value, size);
    }

    private int checksum(byte[] key, byte[] value, int size) {
        crc.reset();
        crc.update(key);
        crc.update(value, CRC_BYTES, size - CRC_BYTES);
        return (int) crc.getValue();
    }
}
