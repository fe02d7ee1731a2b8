package io.holdfast.engine;

import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Port: the order of entries as a group of nodes agrees on it. Every node is told the same entries in the same order; one node at
 * a time leads, and only that one proposes. A node that is alone always leads ({@link OneCopy}).
 * <p>
 * What it promises, and no more: an entry that any node was told is durable in the group, and every node is told it in time. Of two
 * nodes that believe to lead, at most one gets anything committed or a read confirmed. Whoever leads has been told every entry of
 * the leaders before. What was proposed and not told may have been lost, or may be told later, by whoever leads then.
 * <p>
 * Life: {@link #recover} once, then {@link #take} and, while leading, {@link #propose}, then {@link #close}. Owned by one thread,
 * but for {@link #confirmRead}.
 */
public interface ReplicatedLog extends AutoCloseable {

    /** What a node is told, in this order. */
    sealed interface Event {

        /**
         * An entry is durable in the group.
         *
         * @param sequence one more than that of the entry before
         * @param payload  read only, valid until the next {@link #take}; empty if it is this node's own
         * @param own      whether it is what this node proposed last, since it leads
         */
        record Committed(long sequence, ByteBuffer payload, boolean own) implements Event {}

        /** This node leads: it has been told all that leaders before it got committed. */
        record Leads() implements Event {}

        /** This node leads no more. What it proposed and was not told yet may still be told, as somebody else's. */
        record Follows() implements Event {}
    }

    /** As {@link Log#recover(long, Log.EntryVisitor)}; entries that are not known to be durable yet come by {@link #take}. */
    long recover(long after, Log.EntryVisitor visitor) throws StorageException;

    /** Whoever owns this log is woken by this bell when there is something to take. Called once, after {@link #recover}. */
    void wake(Bell owner);

    /**
     * The next event; null if there is none yet.
     *
     * @throws StorageException if this node's part of the log has failed: it has to end
     */
    @Nullable
    Event take() throws StorageException;

    /** Whether {@link #take} has something. */
    boolean hasNext();

    /**
     * Proposes an entry. Only while leading, and one at a time: not before the one before was told.
     *
     * @param sequence one more than that of the last entry told
     * @param payload  from position to limit; not kept after the call
     * @throws StorageException if the entry does not fit or the write failed; nobody knows then what became of it
     */
    void propose(long sequence, ByteBuffer payload) throws StorageException;

    /**
     * Finds out whether this node led at some moment after the call. Thread-safe.
     *
     * @param told called once, on any thread, also before this returns: with the last entry that was committed by that moment, so
     *             that a state that has it is not stale; with -1 if this node did not lead, or nobody knows
     */
    void confirmRead(LongConsumer told);

    /** As {@link Log#releaseThrough}. */
    void releaseThrough(long sequence) throws StorageException;

    /** As {@link Log#freeBytes}. */
    long freeBytes();

    /** As {@link Log#maxEntryBytes}. */
    int maxEntryBytes();

    /** As {@link Log#close}. */
    @Override
    void close() throws StorageException;
}
