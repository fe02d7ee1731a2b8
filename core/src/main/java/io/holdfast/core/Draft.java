package io.holdfast.core;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Transaction.Audit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transaction while one command or timer changes it. Lives within one call of the core. */
final class Draft {

    final Terms terms;
    private final long nowMillis;
    private final long wallMillis;
    private State state;
    /** Shared with the transaction it comes from until a branch changes. */
    private List<Branch> branches;
    /** The branches of this draft alone, once one has changed. */
    private Branch @Nullable [] changed;
    private String reason;
    private long decidedWallMillis;
    private long finishedWallMillis;
    private long progressAtMillis;
    private int failedAttempts;
    private String paused;
    private String attention;
    private List<Audit> audit;
    private long heartbeatAtMillis;

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
        this.decidedWallMillis = from.decidedWallMillis();
        this.finishedWallMillis = from.finishedWallMillis();
        this.progressAtMillis = from.progressAtMillis();
        this.failedAttempts = from.failedAttempts();
        this.paused = from.paused();
        this.attention = from.attention();
        this.audit = from.audit();
        this.heartbeatAtMillis = from.heartbeatAtMillis();
    }

    Transaction freeze() {
        return new Transaction(terms, state, changed == null ? branches : List.of(changed), reason, wallMillis,
                decidedWallMillis, finishedWallMillis, progressAtMillis, failedAttempts, paused, attention, audit,
                heartbeatAtMillis);
    }

    State state() {
        return state;
    }

    int branchCount() {
        return changed == null ? branches.size() : changed.length;
    }

    Branch branch(int index) {
        return changed == null ? branches.get(index) : changed[index];
    }

    void addBranches(Collection<BranchSpec> specs, SharedTexts texts) {
        int index = branchCount();
        Branch[] grown = Arrays.copyOf(ownBranches(), index + specs.size());
        for (BranchSpec spec : specs) {
            grown[index++] = Branch.of(spec, texts);
        }
        changed = grown;
    }

    private Branch[] ownBranches() {
        Branch[] own = changed;
        if (own == null) {
            own = branches.toArray(Branch[]::new);
            changed = own;
        }
        return own;
    }

    void replaceBranch(int index, Branch branch) {
        ownBranches()[index] = branch;
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
        if (decidedWallMillis == 0 && !next.isUndecided()) {
            decidedWallMillis = wallMillis;
        }
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
        Branch branch = branch(index);
        boolean owed = !branch.url(operation).isEmpty();
        replaceBranch(index, branch.with(operation, owed ? Progress.OWED : Progress.DONE, owed ? 0 : wallMillis));
        return owed;
    }

    void answer(int index, Operation operation, Progress progress, boolean alreadyDone, String detail) {
        replaceBranch(index, branch(index).with(operation, progress, wallMillis).withOutcomeNote(alreadyDone, detail));
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

    /** The caller is alive, so nobody has to look whether it is. */
    void heartbeat() {
        heartbeatAtMillis = nowMillis;
        attention = "";
    }

    void audit(Command.OperatorAction action, String actor, String why) {
        audit = new ArrayList<>(audit);
        audit.add(new Audit(wallMillis, action, actor, why, state));
    }
}
