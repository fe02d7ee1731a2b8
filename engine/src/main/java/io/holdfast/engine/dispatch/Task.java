package io.holdfast.engine.dispatch;

import io.holdfast.api.Operation;
import io.holdfast.core.Branch;
import io.holdfast.core.Outcome.Obligation;
import io.holdfast.core.Transaction;

/** One owed call and what has been tried so far. Owned by the dispatcher. */
final class Task {

    /** Where a task is. */
    enum Phase {
        /** In a queue of its target. */
        QUEUED,
        /** Waiting for its time. */
        WAITING,
        /** Waiting for another call to the same branch to end. */
        BEHIND,
        /** Under way. */
        IN_FLIGHT,
        /** Answered; the log has not said so yet. */
        ANSWERED,
        /** No longer owed. */
        WITHDRAWN
    }

    final Transaction transaction;
    final int branchIndex;
    final Operation operation;
    final Target target;
    Phase phase = Phase.QUEUED;
    /** Attempts that ended without a definite answer or "ongoing". */
    int failures;
    int attempts;
    /** When the last attempt began; nothing before the first. */
    long startedAtNanos;
    String lastError = "";
    /** The error class last sent to the log, and when. */
    String notedError = "";
    long notedAtNanos;
    long dueNanos;
    /** Grows when the due time changes, so that stale positions in the queue of times are recognised. */
    int timing;
    boolean fresh = true;
    /** Whether the call under way is the probe of an open breaker. */
    boolean probe;

    Task(Obligation obligation, Target target) {
        this.transaction = obligation.transaction();
        this.branchIndex = obligation.branchIndex();
        this.operation = obligation.operation();
        this.target = target;
    }

    String gid() {
        return transaction.gid();
    }

    Branch branch() {
        return transaction.branches().get(branchIndex);
    }

    boolean is(Obligation obligation) {
        return branchIndex == obligation.branchIndex() && operation == obligation.operation();
    }
}
