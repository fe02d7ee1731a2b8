package io.holdfast.simulator;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.engine.Participants.Result;

/** A participant's side of one branch, with a fence: what took effect, and whether that may be. */
final class FencedBranch implements SimBranch {

    private final String name;
    /** The business says no to this action. */
    private final boolean refuses;
    private final Account account;
    private final long amount;
    private int forwardEffects;
    private int confirmEffects;
    private boolean undone;

    FencedBranch(String name, boolean refuses, Account account, long amount) {
        this.name = name;
        this.refuses = refuses;
        this.account = account;
        this.amount = amount;
    }

    /** Whether a Try or an action holds something that was neither confirmed nor given back. */
    private boolean holds() {
        return forwardEffects > 0 && confirmEffects == 0 && !undone;
    }

    @Override
    public void judge(Mode mode, State end) {
        int effects = mode == Mode.TCC ? confirmEffects : forwardEffects;
        Violation.unless(end != State.CONFIRMED || effects == 1 && !undone,
                "G5 %s: the transaction is confirmed, this took effect %s times%s", name, effects,
                undone ? " and was undone" : "");
        Violation.unless(end != State.CANCELLED || !holds(), "G3 %s: the transaction is cancelled, this still holds",
                name);
        Violation.unless(end != State.CANCELLED || confirmEffects == 0,
                "G2 %s: the transaction is cancelled, this was confirmed", name);
    }

    @Override
    public long mayHold(Mode mode, State end) {
        return end == State.SETTLED_BY_HAND && mode == Mode.TCC && holds() ? amount : 0;
    }

    @Override
    public long mustBeGone(Mode mode, State end) {
        boolean gone = switch (end) {
            case CONFIRMED -> true;
            // A person has ended it: what had taken effect by then, or does later, stays.
            case SETTLED_BY_HAND -> mode == Mode.TCC ? confirmEffects > 0 : holds();
            case CANCELLED, TRYING, CONFIRMING, CANCELLING, RUNNING, COMPENSATING -> false;
        };
        return gone ? amount : 0;
    }

    @Override
    public Result deliver(Operation operation) {
        return switch (operation) {
            case TRY, ACTION -> forward(operation);
            case CONFIRM -> confirm();
            case CANCEL, COMPENSATE -> undo(operation);
        };
    }

    private Result forward(Operation operation) {
        if (undone) {
            return new Result.Failure("late: it was given up");
        }
        if (refuses) {
            return new Result.Failure("business says no");
        }
        boolean again = forwardEffects > 0;
        if (!again) {
            forwardEffects++;
            account.hold(amount);
            if (operation == Operation.ACTION) {
                account.take(amount);
            }
        }
        Violation.unless(operation == Operation.TRY || confirmEffects == 0, "G5 action of %s after its end", name);
        return new Result.Success(again);
    }

    private Result confirm() {
        Violation.unless(!undone, "G2 %s was cancelled and is confirmed now", name);
        Violation.unless(forwardEffects > 0, "G1 %s is confirmed but was never tried", name);
        boolean again = confirmEffects > 0;
        if (!again) {
            confirmEffects++;
            account.take(amount);
        }
        return new Result.Success(again);
    }

    private Result undo(Operation operation) {
        Violation.unless(confirmEffects == 0, "G2 %s was confirmed and gets %s now", name, operation);
        boolean again = undone;
        if (!again && forwardEffects > 0) {
            if (operation == Operation.COMPENSATE) {
                account.giveBack(amount);
            } else {
                account.release(amount);
            }
        }
        undone = true;
        return new Result.Success(again);
    }
}
