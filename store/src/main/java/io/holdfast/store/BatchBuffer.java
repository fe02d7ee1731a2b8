package io.holdfast.store;

import java.util.Arrays;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * A write batch put together in Java, in the form that RocksDB keeps it in, and handed over in one call: a call through JNI for
 * each key would cost more than the rest. Not thread-safe; the buffer is reused.
 * <p>
 * The form is that of RocksDB's own log, which every version reads: sequence (8 bytes, unused), number of records (4), then per
 * record a type, the number of the family, key and value, each with its length; numbers are little-endian or varints.
 */
final class BatchBuffer {

    private static final int COUNT_AT = 8;
    private static final int HEADER_BYTES = 12;
    private static final byte DELETION = 4;
    private static final byte VALUE = 5;
    private static final int MAX_OVERHEAD_BYTES = 1 + 3 * 5;
    /** What a buffer may keep after an unusually large batch. */
    private static final int KEPT_BYTES = 8 << 20;

    private byte[] bytes = new byte[64 * 1024];
    private int size = HEADER_BYTES;
    private int count;

    void put(int family, byte[] key, byte[] value, int valueSize) {
        record(VALUE, family, key, valueSize);
        append(value, valueSize);
    }

    void delete(int family, byte[] key) {
        record(DELETION, family, key, 0);
    }

    private void record(byte type, int family, byte[] key, int valueSize) {
        ensure(MAX_OVERHEAD_BYTES + key.length + valueSize);
        count++;
        bytes[size++] = type;
        varint(family);
        varint(key.length);
        System.arraycopy(key, 0, bytes, size, key.length);
        size += key.length;
    }

    private void append(byte[] value, int valueSize) {
        varint(valueSize);
        System.arraycopy(value, 0, bytes, size, valueSize);
        size += valueSize;
    }

    private void varint(int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes,
                    Math.max(Math.addExact(size, more), (int) Math.min(bytes.length * 2L, 1 << 30)));
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    int sizeBytes() {
        return size;
    }

    /** The batch, which the caller closes; the buffer is empty again. */
    WriteBatch take() throws RocksDBException {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[COUNT_AT + i] = (byte) (count >>> i * Byte.SIZE);
        }
        WriteBatch batch = new WriteBatch(Arrays.copyOf(bytes, size));
        clear();
        return batch;
    }

    void clear() {
        size = HEADER_BYTES;
        count = 0;
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[KEPT_BYTES];
        }
    }
}
