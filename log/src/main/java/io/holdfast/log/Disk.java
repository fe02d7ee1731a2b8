package io.holdfast.log;

import io.holdfast.engine.StorageException;
import java.util.List;

/**
 * Port: the files of one directory. Not thread-safe; owned by the thread that owns the log.
 * <p>
 * Whatever the disk refuses is a {@link StorageException} of kind FAILED that names the file.
 */
public interface Disk {

    /** The directory, for messages. */
    String directory();

    /**
     * Takes the directory for this process alone, until the lock is closed or the process ends.
     *
     * @throws StorageException of kind LOCKED if somebody else has it
     */
    Lock lock() throws StorageException;

    /** Names of all files, sorted. */
    List<String> list() throws StorageException;

    /** Opens a file that exists. */
    DiskFile open(String name) throws StorageException;

    /** Creates an empty file that does not exist. A crash may take it away again until {@link #syncDirectory}. */
    DiskFile create(String name) throws StorageException;

    /** Makes the names of created files durable. */
    void syncDirectory() throws StorageException;

    /** The right to use the directory. */
    interface Lock extends AutoCloseable {
        /** Gives the directory back. Safe to call twice. */
        @Override
        void close() throws StorageException;
    }
}
