package io.holdfast.engine;

import java.nio.ByteBuffer;

/**
 * Port: the durable, ordered log of entries. The truth of a node.
 * <p>
 * Life: {@link #recover} once, then {@link #append} any number of times, then {@link #close}. Owned by one thread.
 */
public interface Log extends AutoCloseable {

    /**
     * Reads the durable entries in order and prepares for {@link #append}. What it has visited is durable: the last entry is
     * written and synced again before it is visited, because the process that wrote it may have died before its sync.
     *
     * @param after   entries up to this one are not visited: a cut holds what they did. The first one visited may be later
     *                than the next, if earlier ones were released
     * @return the sequence of the last entry; 0 for a new log
     * @throws StorageException if the files are damaged, hold less than the entries up to {@code after}, or are in use by another
     *                          process
     */
    long recover(long after, EntryVisitor visitor) throws StorageException;

    /** As {@link #recover(long, EntryVisitor)} for all that is left. */
    default long recover(EntryVisitor visitor) throws StorageException {
        return recover(0, visitor);
    }

    /**
     * Appends one entry. When it returns the entry is durable; when it throws nobody knows, and nothing may be appended again.
     *
     * @param sequence one more than that of the entry before
     * @param payload  from position to limit; not kept after the call
     * @throws StorageException if the entry does not fit or the write failed
     */
    void append(long sequence, ByteBuffer payload) throws StorageException;

    /** Lets the log reuse the room of entries up to this one: a cut holds what they did. It may keep some of them for a while. */
    void releaseThrough(long sequence) throws StorageException;

    /** Bytes that entries may still take before the log is full. */
    long freeBytes();

    /** Largest payload of one entry, in bytes. */
    int maxEntryBytes();

    /** Marks a clean stop, after which no recovery may cut anything, and gives the files back. Safe to call twice. */
    @Override
    void close() throws StorageException;

    /** Receives entries during recovery. */
    interface EntryVisitor {
        /**
         * @param sequence of the entry
         * @param payload  read only, valid during the call
         */
        void entry(long sequence, ByteBuffer payload) throws StorageException;
    }
}
