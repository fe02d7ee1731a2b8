package io.holdfast.log;

import io.holdfast.engine.StorageException;
import java.nio.ByteBuffer;

/** One open file of a {@link Disk}, for reading and writing at positions. Not thread-safe. */
public interface DiskFile extends AutoCloseable {

    /** Directory and name, for messages. */
    String path();

    /** In bytes. */
    long size() throws StorageException;

    /**
     * Fills the buffer from its position to its limit, or up to the end of the file.
     *
     * @return bytes read; 0 at or behind the end of the file
     */
    int read(long position, ByteBuffer into) throws StorageException;

    /** Writes what remains in the buffer. A crash may keep or lose each block of it until {@link #sync}. */
    void write(long position, ByteBuffer from) throws StorageException;

    /** Makes everything written to this file durable, its size included. */
    void sync() throws StorageException;

    /**
     * Writes what remains in the buffer, durable on return. A crash before that may keep any of its 4 KiB blocks, each of them
     * either whole or not at all.
     */
    void writeSynced(long position, ByteBuffer from) throws StorageException;

    /** Safe to call twice. Makes nothing durable. */
    @Override
    void close() throws StorageException;
}
