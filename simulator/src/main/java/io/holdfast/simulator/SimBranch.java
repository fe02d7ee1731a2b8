package io.holdfast.simulator;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.engine.Participants.Result;

/** A participant's side of one branch. */
sealed interface SimBranch permits FencedBranch, PlainBranch {

    /** Carries out one delivery of a call, which may be late or doubled. */
    Result deliver(Operation operation);

    /**
     * Whether what it did fits the end of its transaction.
     *
     * @throws Violation if it does not
     */
    void judge(Mode mode, State end);

    /** How much its account may hold for good after this end: only what a person who settled by hand answers for. */
    long mayHold(Mode mode, State end);

    /** How much of its account has to be gone after this end. */
    long mustBeGone(Mode mode, State end);
}
