package io.holdfast.core;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import java.util.List;

/**
 * One request to change state, as it stands in the log. Each is idempotent by its natural key: sent twice, it takes effect
 * once and the second reply tells the state that the first one reached.
 * <p>
 * Everything that depends on configuration (defaults, bounds) was resolved before the command was logged.
 */
public sealed interface Command {

    /**
     * Begins a transaction; a Saga runs at once. Natural key: gid.
     *
     * @param deadlineMillis counts from the entry; 0 = none
     * @param lookedAt       the entry up to which it is certain that the archive holds no transaction of this gid. If one that
     *                       finished later has left the core, the core cannot know whether it was this one, and says
     *                       {@link Reply.LookAgain}
     */
    record Begin(String gid, Mode mode, long deadlineMillis, CallPolicy policy, SagaOrder order, Attributes attributes,
            List<BranchSpec> branches, long lookedAt) implements Command {
        public Begin {
            branches = List.copyOf(branches);
        }

        /** As callers make it: nobody has looked yet. */
        public Begin(String gid, Mode mode, long deadlineMillis, CallPolicy policy, SagaOrder order,
                Attributes attributes, List<BranchSpec> branches) {
            this(gid, mode, deadlineMillis, policy, order, attributes, branches, 0);
        }

        public Begin withLookedAt(long sequence) {
            return new Begin(gid, mode, deadlineMillis, policy, order, attributes, branches, sequence);
        }
    }

    /** Registers branches of an undecided TCC, before their Try is called. Natural key: gid and branch id. */
    record Register(String gid, List<BranchSpec> branches) implements Command {
        public Register {
            branches = List.copyOf(branches);
        }
    }

    /** Decides. Natural key: gid and decision. {@code tryResults} replace the payloads in Confirm. */
    record Decide(String gid, Decision decision, String reason, List<TryResult> tryResults) implements Command {
        public Decide {
            tryResults = List.copyOf(tryResults);
        }
    }

    /** What the Try of a branch returned. */
    record TryResult(String branchId, Payload payload) {}

    /**
     * A participant's definite answer. Natural key: gid, branch and operation; the first one counts.
     *
     * @param success     {@code false} means FAILURE, which only an {@link Operation#ACTION} may answer
     * @param alreadyDone the participant had done it before
     * @param detail      for a failure, what the participant said
     */
    record Answered(String gid, int branchIndex, Operation operation, boolean success, boolean alreadyDone,
            String detail) implements Command {}

    /** An action of a Saga with a retry limit got no definite answer. */
    record AttemptFailed(String gid, int branchIndex, String detail) implements Command {}

    /** The class of error that keeps a branch from being done has changed: kept so that it survives a restart. */
    record ErrorNoted(String gid, int branchIndex, Operation operation, String detail) implements Command {}

    /** So many attempts failed that somebody should look. */
    record AttentionNeeded(String gid, String reason) implements Command {}

    /** The callers of these TCC transactions are alive. Natural key: none is needed, a repetition says the same. */
    record Heartbeat(List<String> gids) implements Command {
        public Heartbeat {
            gids = List.copyOf(gids);
        }
    }

    /** An operator's order. {@code actor} and {@code reason} go to the audit trail. */
    record Operate(String gid, OperatorAction action, String actor, String reason) implements Command {}

    /** What an operator may order. None of them changes a decision. */
    enum OperatorAction {
        /** Skip the back-off of everything that is owed. */
        RETRY,
        /** Stop calling participants; a deadline still decides. */
        PAUSE,
        /** Call again. */
        RESUME,
        /** Finish as settled by hand: nothing is called any more. */
        SETTLE
    }

    /**
     * A process has taken over the log. Carries what was configured, because the core has no configuration.
     *
     * @param bootNumber    greater than any before; epochs begin with it
     * @param idSalt        part of the ids this process issues
     * @param limits        bounds in force from here on
     */
    record Boot(long bootNumber, long idSalt, Limits limits) implements Command {}

    /** Makes {@code version} the rules by which entries from here on are applied. */
    record Activate(int version) implements Command {}
}
