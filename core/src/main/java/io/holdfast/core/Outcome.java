package io.holdfast.core;

import io.holdfast.api.Operation;
import java.util.List;

/**
 * What one entry leads to. The caller carries it out in this order: keep bodies, update obligations, send replies, wake
 * watchers, drop bodies. Not thread-safe; owned by the caller once returned.
 *
 * @param replies           one per command, in the order of the commands
 * @param kept              bodies to keep until their transaction is dropped
 * @param owed              calls that are owed from now on
 * @param withdrawn         calls that are no longer owed, answered or given up
 * @param nudged            gids whose back-off an operator wants skipped
 * @param changed           every transaction the entry changed, in its state after the entry, in order of first change
 * @param finished          those that finished, in the order of finishing: for the archive
 * @param evicted           gids that left the core
 * @param nextWakeAtMillis  logical time of the next timer; {@link Long#MAX_VALUE} for none
 */
public record Outcome(List<Reply> replies, List<KeptBody> kept, List<Obligation> owed, List<Obligation> withdrawn,
        List<String> nudged, List<Transaction> changed, List<Finished> finished, List<String> evicted,
        long nextWakeAtMillis) {

    /** A body that belongs to a branch. */
    public record KeptBody(String gid, int branchIndex, BodyKind kind, Payload payload) {}

    /** Which body of a branch. */
    public enum BodyKind {
        PAYLOAD, TRY_RESULT
    }

    /** A call that the coordinator owes to a participant: gid, branch and operation identify it. */
    public record Obligation(Transaction transaction, int branchIndex, Operation operation) {
        public Branch branch() {
            return transaction.branches().get(branchIndex);
        }
    }
}
