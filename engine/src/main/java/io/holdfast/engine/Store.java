package io.holdfast.engine;

import io.holdfast.api.State;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Payload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Port: what the log need not keep. The last cut, the archive of finished transactions, the bodies that left the heap.
 * <p>
 * Only a {@link #cut} makes anything durable, all of it at once: after a crash the store is as it was when the last cut
 * returned, or, if the process died within one, as it would have been after that. What the archive was given since then comes
 * again, because the log brings it back.
 * <p>
 * Life: {@link #recover} once, then the rest, then {@link #close}. Owned by one thread, but for {@link #body}, which any thread
 * may call until {@link #close}.
 */
public interface Store extends AutoCloseable {

    /**
     * Opens the store.
     *
     * @return the core as of the last cut; a fresh one for a new store. The archive holds nothing that finished later
     * @throws StorageException if the files are damaged, locked, or written by a newer build
     */
    Core recover() throws StorageException;

    /**
     * Takes in finished transactions, in the order of finishing, without gaps. Found by {@link #find} and {@link #scan} from the
     * return on.
     */
    void archive(List<Finished> finished) throws StorageException;

    /**
     * Makes a cut, the archive up to there and bodies durable, as one. When it throws nobody knows, and nothing may follow but
     * {@link #close}.
     *
     * @param bodies of transactions that the cut holds; those of the removed are dropped
     */
    void cut(Cut cut, List<KeptBody> bodies) throws StorageException;

    /** The finished transaction of this gid; null if the archive holds none, or no longer. */
    @Nullable
    Finished find(String gid) throws StorageException;

    /** The finished transaction that has this business key; null as for {@link #find}. */
    @Nullable
    Finished findByBusinessKey(String businessKey) throws StorageException;

    /** Visits what the archive holds, in the order of finishing, until {@code visitor} returns false. */
    void scan(long fromFinishedOrdinal, FinishedVisitor visitor) throws StorageException;

    /** Sees one finished transaction; returns whether to go on. */
    interface FinishedVisitor {
        boolean visit(Finished finished);
    }

    /** A body that a cut has taken; null if there is none. Thread-safe. */
    @Nullable
    Payload body(String gid, int branchIndex, BodyKind kind) throws StorageException;

    /**
     * Forgets finished transactions of one outcome, oldest first, until one is met that finished later than allowed, or that has
     * to stay.
     *
     * @param finishedBeforeWallMillis wall time; who finished at or after it stays
     * @param keepFromFinishedOrdinal  who finished at or after this position stays: the core still has it
     * @param max                      about how many to forget in one call, so that nobody waits long for the store
     * @return how many were forgotten; 0 if there is nothing to forget
     */
    int expire(State outcome, long finishedBeforeWallMillis, long keepFromFinishedOrdinal, int max)
            throws StorageException;

    /** Bytes that the disk can still take. Thread-safe. */
    long freeBytes();

    /** Gives the files back. What was not part of a cut is gone, as after a crash. Safe to call twice. */
    @Override
    void close() throws StorageException;
}
