package io.holdfast.server.nativeapi;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.core.Branch;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.PendingCall;
import io.holdfast.engine.Coordinator.TransactionView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is said about a transaction to the person who looks after it at night: one sentence on what it waits for, one on what
 * happens if nobody does anything, and what is still held. The only place where these are made up.
 */
public final class Diagnosis {

    private final Transaction transaction;
    private final List<PendingCall> calls;
    private final long nowMillis;

    public Diagnosis(TransactionView view) {
        this.transaction = view.transaction();
        this.calls = view.calls();
        this.nowMillis = view.nowMillis();
    }

    /** What can be said from the durable state alone, as lists do. */
    public static Diagnosis ofDurable(Transaction transaction) {
        return new Diagnosis(new TransactionView(transaction, List.of(), List.of(), 0));
    }

    /** Host and port to which a call is owed, that of a branch with an error if there is one; empty if none is. */
    public String owedTarget() {
        String target = "";
        for (Branch branch : transaction.branches()) {
            String url = OwedCall.of(transaction, branch).orElse("");
            if (!url.isEmpty() && !branch.lastError().isEmpty()) {
                return Target.of(url);
            }
            target = target.isEmpty() && !url.isEmpty() ? Target.of(url) : target;
        }
        return target;
    }

    /** The state in words. */
    public String stateText() {
        int all = transaction.branches().size();
        return switch (transaction.state()) {
            case TRYING -> "undecided: its caller tries " + counted(all, "branch", "branches");
            case CONFIRMING -> "decided to confirm; " + doneOf(all) + " confirmed";
            case CANCELLING -> "decided to cancel; " + doneOf(all) + " cancelled";
            case RUNNING -> "running; " + branchesDone(transaction) + " of " + counted(all, "action is", "actions are")
                    + " done";
            case COMPENSATING -> "decided to take back what it did; " + branchesDone(transaction) + " of "
                    + counted(started(), "action that may have run is", "actions that may have run are")
                    + " compensated";
            case CONFIRMED -> "confirmed: everything took effect";
            case CANCELLED -> "cancelled: everything was taken back";
            case SETTLED_BY_HAND -> "settled by hand: an operator took over, nothing is called any more";
        };
    }

    private String doneOf(int all) {
        return branchesDone(transaction) + " of " + counted(all, "branch is", "branches are");
    }

    private static String counted(int count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    private int started() {
        return (int) transaction.branches().stream().filter(branch -> branch.forward() != Progress.IDLE).count();
    }

    /** Branches of which what the state asks for is done. */
    public static int branchesDone(Transaction transaction) {
        boolean backward = transaction.state() == State.CANCELLING || transaction.state() == State.COMPENSATING
                || transaction.state() == State.CANCELLED;
        return (int) transaction.branches().stream()
                .filter(branch -> (backward ? branch.backward() : branch.forward()) == Progress.DONE).count();
    }

    /** One sentence: what it waits for. */
    public String whyStuck() {
        if (transaction.state().isFinished()) {
            return "It is finished and waits for nothing.";
        }
        if (transaction.isPaused()) {
            return "An operator paused it: " + oneLine(transaction.paused()) + ".";
        }
        if (transaction.state() == State.TRYING) {
            return transaction.heartbeatAtMillis() == 0
                    ? "Its caller has not decided yet."
                    : "Its caller has not decided yet, and sent its last heartbeat "
                            + Spans.text(nowMillis - transaction.heartbeatAtMillis()) + " ago.";
        }
        PendingCall worst = worst();
        return worst == null ? "An answer is just being recorded." : waitsFor(worst) + others() + ".";
    }

    /** The call that has been tried most often. */
    private @Nullable PendingCall worst() {
        PendingCall worst = null;
        for (PendingCall call : calls) {
            if (worst == null || call.attempts() > worst.attempts()
                    || call.attempts() == worst.attempts() && worst.lastError().isEmpty()
                            && !call.lastError().isEmpty()) {
                worst = call;
            }
        }
        return worst;
    }

    private String waitsFor(PendingCall call) {
        Branch branch = transaction.branches().get(call.branchIndex());
        Operation operation = Objects.requireNonNull(OwedCall.operation(transaction));
        String what = name(operation) + " of branch " + branch.branchId() + " at " + Target.of(branch.url(operation));
        if (call.waitsForRoom()) {
            return what + " is due and waits for a free slot: every worker is busy, or there is none";
        }
        if (call.attempts() == 0) {
            return what + " has not been called yet";
        }
        if (call.lastError().isEmpty()) {
            return call.inFlight()
                    ? what + " is under way since " + Spans.text(call.lastAttemptAgoMillis())
                    : what + " has been called and not answered yet";
        }
        return what + " is not done after " + counted(call.attempts(), "attempt", "attempts") + ", the last error was: "
                + oneLine(call.lastError());
    }

    private String others() {
        return calls.size() < 2
                ? ""
                : "; " + counted(calls.size() - 1, "more branch waits", "more branches wait") + " too";
    }

    /** One sentence: what happens if nobody does anything. */
    public String ifNothingIsDone() {
        if (transaction.state().isFinished()) {
            return "Nothing more happens.";
        }
        if (transaction.state() == State.TRYING) {
            return undecided();
        }
        if (transaction.isPaused()) {
            return "Nothing is called until somebody resumes it" + (transaction.state() == State.RUNNING
                    ? deadlineStillDecides()
                    : "; the decision stands") + ".";
        }
        return name(Objects.requireNonNull(OwedCall.operation(transaction))) + " is called " + nextAttempt()
                + ", with pauses of at most " + Spans.text(transaction.terms().policy().retryCapMillis())
                + ", until it is answered" + (transaction.state() == State.RUNNING
                        ? runningEnds()
                        : "; the decision stands")
                + ".";
    }

    private String undecided() {
        String then = transaction.isPaused()
                ? " it is decided to cancel, but nothing is called until somebody resumes it."
                : " it is cancelled, and every branch gets Cancel.";
        return hasDeadline()
                ? "If its caller does not decide within " + Spans.text(deadlineInMillis()) + then
                : "It waits for its caller for ever.";
    }

    private String nextAttempt() {
        boolean underWay = calls.stream().anyMatch(PendingCall::inFlight);
        long next = calls.stream().mapToLong(PendingCall::nextAttemptInMillis).min().orElse(0);
        if (calls.stream().anyMatch(PendingCall::waitsForRoom)) {
            return "as soon as a worker has a free slot";
        }
        return underWay || next == 0 ? "now and again" : "again in " + Spans.text(next);
    }

    private String runningEnds() {
        int limit = transaction.terms().policy().retryLimit();
        return (limit == 0 ? "" : ", or after " + limit + " failed attempts it compensates") + deadlineStillDecides();
    }

    private String deadlineStillDecides() {
        return hasDeadline() ? "; in " + Spans.text(deadlineInMillis()) + " its deadline makes it compensate" : "";
    }

    private boolean hasDeadline() {
        return transaction.state().isUndecided() && transaction.terms().deadlineAtMillis() != 0;
    }

    /** Logical time until the deadline decides; -1 if none does. */
    public long deadlineInMillis() {
        return hasDeadline() ? Math.max(0, transaction.terms().deadlineAtMillis() - nowMillis) : -1;
    }

    /** Logical time since the last heartbeat; -1 if that says nothing. */
    public long heartbeatAgoMillis() {
        return transaction.state() == State.TRYING && transaction.heartbeatAtMillis() != 0
                ? Math.max(0, nowMillis - transaction.heartbeatAtMillis())
                : -1;
    }

    /** Ids of the branches whose hold may exist and is neither confirmed nor released. */
    public List<String> held() {
        List<String> held = new ArrayList<>();
        for (Branch branch : transaction.branches()) {
            if (isHeld(branch)) {
                held.add(branch.branchId());
            }
        }
        return held;
    }

    /** Of a Saga it is the effect of an action that may yet have to be taken back. */
    public boolean isHeld(Branch branch) {
        boolean mayExist = transaction.mode() == Mode.TCC || branch.forward() != Progress.IDLE;
        return switch (transaction.state()) {
            case TRYING -> true;
            case CONFIRMING -> branch.forward() != Progress.DONE;
            case CANCELLING, COMPENSATING -> mayExist && branch.backward() != Progress.DONE;
            case RUNNING -> mayExist;
            case CONFIRMED, CANCELLED -> false;
            case SETTLED_BY_HAND -> mayExist && branch.backward() != Progress.DONE
                    && (transaction.mode() == Mode.SAGA || branch.forward() != Progress.DONE);
        };
    }

    /** The call that is owed to a branch; null if none is, or none is known yet. */
    public @Nullable PendingCall call(int branchIndex) {
        for (PendingCall call : calls) {
            if (call.branchIndex() == branchIndex) {
                return call;
            }
        }
        return null;
    }

    /** The state of one branch in words. */
    public String branchText(int branchIndex) {
        Branch branch = transaction.branches().get(branchIndex);
        boolean tcc = transaction.mode() == Mode.TCC;
        return switch (branch.backward()) {
            case OWED -> owed(tcc ? Operation.CANCEL : Operation.COMPENSATE, branchIndex);
            case DONE -> tcc ? "cancelled" : "compensated";
            case FAILED, ABANDONED -> throw new IllegalStateException("only actions end so");
            case IDLE -> transaction.state() == State.COMPENSATING && branch.forward() != Progress.IDLE
                    ? "its compensation waits for its turn"
                    : forwardText(branch, branchIndex, tcc);
        };
    }

    private String forwardText(Branch branch, int branchIndex, boolean tcc) {
        return switch (branch.forward()) {
            case OWED -> owed(tcc ? Operation.CONFIRM : Operation.ACTION, branchIndex);
            case DONE -> tcc ? "confirmed" : "action done";
            case FAILED -> "action failed";
            case ABANDONED -> "action given up; it may have run";
            case IDLE -> idle();
        };
    }

    private String idle() {
        return switch (transaction.state()) {
            case TRYING -> "registered; its Try is the caller's to call";
            case RUNNING -> "waits for its turn";
            case SETTLED_BY_HAND -> "left as it was when it was settled by hand";
            case CONFIRMING, CANCELLING, COMPENSATING, CONFIRMED, CANCELLED -> "never started";
        };
    }

    private String owed(Operation operation, int branchIndex) {
        PendingCall call = call(branchIndex);
        String owed = name(operation) + " is owed";
        if (transaction.state() == State.SETTLED_BY_HAND) {
            return name(operation) + " was owed when it was settled by hand";
        }
        if (call == null || call.attempts() == 0) {
            return owed + (transaction.isPaused() ? "; calls are paused" : "; not called yet");
        }
        return owed + "; " + counted(call.attempts(), "attempt", "attempts")
                + (call.inFlight() ? ", one under way" : "");
    }

    private static String name(Operation operation) {
        return switch (operation) {
            case TRY -> "Try";
            case CONFIRM -> "Confirm";
            case CANCEL -> "Cancel";
            case ACTION -> "The action";
            case COMPENSATE -> "The compensation";
        };
    }

    /** Without what would break a sentence apart. */
    private static String oneLine(String text) {
        String line = text.replaceAll("\\s+", " ").strip().replace(". ", "; ");
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }
}
