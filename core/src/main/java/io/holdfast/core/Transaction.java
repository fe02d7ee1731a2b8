package io.holdfast.core;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import java.util.List;

/**
 * A global transaction at one moment. Immutable: a change makes a new one, so a reference may be handed to other threads.
 *
 * @param terms              what was fixed at the beginning
 * @param branches           in the order of registration; the position is the branch index
 * @param reason             why it was cancelled or compensated; empty otherwise
 * @param updatedWallMillis  wall time of the last change
 * @param decidedWallMillis  wall time of the decision; 0 while undecided
 * @param finishedWallMillis wall time of the end; 0 while unfinished
 * @param progressAtMillis   logical time of the last change of state or of a branch
 * @param failedAttempts     failed attempts that count against the retry limit
 * @param paused             why an operator paused it; empty if not paused
 * @param attention          why somebody should look; empty if nobody has to
 * @param audit              what operators did, oldest first
 * @param heartbeatAtMillis  logical time at which its caller last said that it is alive; 0 for never
 */
public record Transaction(Terms terms, State state, List<Branch> branches, String reason, long updatedWallMillis,
        long decidedWallMillis, long finishedWallMillis, long progressAtMillis, int failedAttempts, String paused,
        String attention,
        List<Audit> audit, long heartbeatAtMillis) {

    public Transaction {
        branches = List.copyOf(branches);
        audit = List.copyOf(audit);
    }

    /** One whose caller never sent a heartbeat. */
    public Transaction(Terms terms, State state, List<Branch> branches, String reason, long updatedWallMillis,
            long decidedWallMillis, long finishedWallMillis, long progressAtMillis, int failedAttempts, String paused,
            String attention, List<Audit> audit) {
        this(terms, state, branches, reason, updatedWallMillis, decidedWallMillis, finishedWallMillis, progressAtMillis,
                failedAttempts, paused, attention, audit, 0);
    }

    /** One line of the audit trail. */
    public record Audit(long wallMillis, Command.OperatorAction action, String actor, String reason,
            State stateBefore) {}

    public String gid() {
        return terms.gid();
    }

    public Mode mode() {
        return terms.mode();
    }

    public boolean isPaused() {
        return !paused.isEmpty();
    }

    public boolean needsAttention() {
        return !attention.isEmpty();
    }
}
