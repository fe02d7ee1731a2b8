package io.holdfast.core;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Transaction.Audit;
import java.util.ArrayList;
import java.util.List;

/** A transaction while one command or timer changes it. Lives within one call of the core. */
final class Draft {

    final Terms terms;
    private final long nowMillis;
    private final long wallMillis;
    private State state;
    private List<Branch> branches;
    /** Whether {@link #branches} belongs to this draft alone. Most commands change no branch, so the list is shared first. */
    private boolean branchesOwned;
    private String reason;
    private long finishedWallMillis;
    private long progressAtMillis;
    private int failedAttempts;
    private String paused;
    private String attention;
    private List<Audit> audit;

    /** A new transaction, in the first state of its mode. */
    Draft(Terms terms, long nowMillis, long wallMillis) {
        this.terms = terms;
        this.nowMillis = nowMillis;
        this.wallMillis = wallMillis;
        this.state = terms.mode() == Mode.TCC ? State.TRYING : State.RUNNING;
        this.branches = List.of();
        this.reason = "";
        this.progressAtMillis = nowMillis;
        this.paused = "";
        this.attention = "";
        this.audit = List.of();
    }

    Draft(Transaction from, long nowMillis, long wallMillis) {
        this.terms = from.terms();
        this.nowMillis = nowMillis;
        this.wallMillis = wallMillis;
        this.state = from.state();
        this.branches = from.branches();
        this.reason = from.reason();
        this.finishedWallMillis = from.finishedWallMillis();
        this.progressAtMillis = from.progressAtMillis();
        this.failedAttempts = from.failedAttempts();
        this.paused = from.paused();
        this.attention = from.attention();
        this.audit = from.audit();
    }

    Transaction freeze() {
        return new Transaction(terms, state, branches, reason, wallMillis, finishedWallMillis, progressAtMillis,
                failedAttempts, paused, attention, audit);
    }

    State state() {
        return state;
    }

    int branchCount() {
        return branches.size();
    }

    Branch branch(int index) {
        return branches.get(index);
    }

    void addBranch(BranchSpec spec) {
        ownBranches().add(Branch.of(spec));
    }

    private List<Branch> ownBranches() {
        if (!branchesOwned) {
            branches = new ArrayList<>(branches);
            branchesOwned = true;
        }
        return branches;
    }

    void replaceBranch(int index, Branch branch) {
        ownBranches().set(index, branch);
    }

    /** Moves along the transition table and then as far as nothing has to be called. */
    void apply(Event event, String why) {
        State next = Transitions.next(terms.mode(), state, event);
        if (next == null) {
            throw new IllegalStateException(
                    "invariant broken: no transition, gid=" + terms.gid() + " mode=" + terms.mode()
                            + " state=" + state + " event=" + event);
        }
        Check.that(state.isUndecided() || next.isFinished(), "decision of %s would change: %s to %s", terms.gid(),
                state,
                next);
        state = next;
        if (!why.isEmpty()) {
            reason = why;
        }
        progress();
        if (next.isFinished()) {
            finishedWallMillis = wallMillis;
            paused = "";
        }
        Protocol.of(terms.mode()).advance(this);
    }

    /** Something moved: whoever was asked to look need not look any more. */
    void progress() {
        progressAtMillis = nowMillis;
        attention = "";
    }

    /** Asks for an operation, or takes it as done where there is nothing to call. Returns whether it is owed now. */
    boolean owe(int index, Operation operation) {
        Branch branch = branches.get(index);
        boolean owed = !branch.url(operation).isEmpty();
        ownBranches().set(index, branch.with(operation, owed ? Progress.OWED : Progress.DONE, owed ? 0 : wallMillis));
        return owed;
    }

    void answer(int index, Operation operation, Progress progress, boolean alreadyDone, String detail) {
        ownBranches().set(index,
                branches.get(index).with(operation, progress, wallMillis).withOutcomeNote(alreadyDone, detail));
        progress();
    }

    int countFailedAttempt() {
        return ++failedAttempts;
    }

    void pause(String why) {
        paused = why;
    }

    void resume() {
        paused = "";
        progressAtMillis = nowMillis;
    }

    void needAttention(String why) {
        attention = why;
    }

    void audit(Command.OperatorAction action, String actor, String why) {
        audit = new ArrayList<>(audit);
        audit.add(new Audit(wallMillis, action, actor, why, state));
    }
}
