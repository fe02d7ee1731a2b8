package io.holdfast.core;

import java.util.List;

/**
 * What a checkpoint has to write: the state after one entry, as the difference to the cut before. Immutable, so another thread
 * may write it while the core goes on. Together with the archive of finished transactions it replaces the log up to there.
 *
 * @param changed unfinished transactions that are new or changed since the last cut, in the order of creation
 * @param removed positions, in the order of creation, of those that the last cut holds and that have finished since
 */
public record Cut(Header header, List<Unfinished> changed, List<Removed> removed) {

    /** A transaction that the last cut held as unfinished, as it finished. */
    public record Removed(Transaction transaction, long ordinal) {}

    /**
     * Everything that is state and is no transaction.
     *
     * @param sequence         the entry after which the cut is taken
     * @param nowMillis        logical time of that entry
     * @param wallMillis       wall time of that entry
     * @param createdOrdinals  how many transactions were ever created
     * @param finishedOrdinals how many transactions ever finished
     * @param finishedKept     how many of those, the last ones, the core keeps
     * @param evictedThrough   the entry in which the last one finished that left the core; 0 for none
     */
    public record Header(long sequence, long nowMillis, long wallMillis, long bootNumber, int activeVersion,
            Limits limits, long createdOrdinals, long finishedOrdinals, int finishedKept, long evictedThrough) {}
}
