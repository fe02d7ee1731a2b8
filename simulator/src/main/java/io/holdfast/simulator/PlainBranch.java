package io.holdfast.simulator;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.engine.Participants.Result;

/**
 * A participant's side of one branch, without a fence and without an account: it does whatever it is told as often as it is told.
 * What late and doubled calls do to it is its own business; but never may it be told both ways.
 */
final class PlainBranch implements SimBranch {

    private final String name;
    private final boolean refuses;
    private int forwards;
    private int confirms;
    private int undos;

    PlainBranch(String name, boolean refuses) {
        this.name = name;
        this.refuses = refuses;
    }

    @Override
    public Result deliver(Operation operation) {
        switch (operation) {
            case TRY, ACTION -> {
                if (refuses) {
                    return new Result.Failure("business says no");
                }
                forwards++;
            }
            case CONFIRM -> {
                Violation.unless(undos == 0, "G2 %s was cancelled and is confirmed now", name);
                Violation.unless(forwards > 0, "G1 %s is confirmed but was never tried", name);
                confirms++;
            }
            case CANCEL, COMPENSATE -> {
                Violation.unless(confirms == 0, "G2 %s was confirmed and gets %s now", name, operation);
                undos++;
            }
        }
        return new Result.Success(false);
    }

    @Override
    public void judge(Mode mode, State end) {
        int done = mode == Mode.TCC ? confirms : forwards;
        Violation.unless(end != State.CONFIRMED || done > 0 && undos == 0,
                "G5 %s: the transaction is confirmed, this was done %s times and undone %s times", name, done, undos);
        Violation.unless(end != State.CANCELLED || confirms == 0,
                "G2 %s: the transaction is cancelled, this was confirmed",
                name);
        Violation.unless(end != State.CANCELLED || undos > 0 || forwards == 0,
                "G3 %s: the transaction is cancelled, this was never undone", name);
    }

    @Override
    public long mayHold(Mode mode, State end) {
        return 0;
    }

    @Override
    public long mustBeGone(Mode mode, State end) {
        return 0;
    }
}
