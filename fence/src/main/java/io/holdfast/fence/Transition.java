package io.holdfast.fence;

import static io.holdfast.api.Operation.ACTION;
import static io.holdfast.api.Operation.CANCEL;
import static io.holdfast.api.Operation.COMPENSATE;
import static io.holdfast.api.Operation.CONFIRM;
import static io.holdfast.api.Operation.TRY;
import static io.holdfast.fence.BranchState.ACTED;
import static io.holdfast.fence.BranchState.CANCELLED;
import static io.holdfast.fence.BranchState.COMPENSATED;
import static io.holdfast.fence.BranchState.CONFIRMED;
import static io.holdfast.fence.BranchState.NEVER_ACTED;
import static io.holdfast.fence.BranchState.NEVER_TRIED;
import static io.holdfast.fence.BranchState.TRIED;
import static io.holdfast.fence.FenceResult.ALREADY_DONE;
import static io.holdfast.fence.FenceResult.CONFLICT;
import static io.holdfast.fence.FenceResult.EMPTY;
import static io.holdfast.fence.FenceResult.NOT_TRIED;
import static io.holdfast.fence.FenceResult.RAN;
import static io.holdfast.fence.FenceResult.REFUSED;

import io.holdfast.api.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operation does to a branch: one line of the table below, or {@link FenceResult#CONFLICT} with nothing changed.
 *
 * @param found
 *            the state before, null if there is no row
 * @param next
 *            the state after, null if there is still no row
 */
record Transition(Operation operation, @Nullable BranchState found, FenceResult result, @Nullable BranchState next) {

    static final List<Transition> TABLE = List.of(
            new Transition(TRY, null, RAN, TRIED),
            new Transition(TRY, TRIED, ALREADY_DONE, TRIED),
            new Transition(TRY, CONFIRMED, ALREADY_DONE, CONFIRMED),
            // Also where Try ran before its Cancel: whoever repeats it must not believe that the hold still stands.
            new Transition(TRY, CANCELLED, REFUSED, CANCELLED),
            new Transition(TRY, NEVER_TRIED, REFUSED, NEVER_TRIED),

            new Transition(CONFIRM, null, NOT_TRIED, null),
            new Transition(CONFIRM, TRIED, RAN, CONFIRMED),
            new Transition(CONFIRM, CONFIRMED, ALREADY_DONE, CONFIRMED),

            new Transition(CANCEL, null, EMPTY, NEVER_TRIED),
            new Transition(CANCEL, TRIED, RAN, CANCELLED),
            new Transition(CANCEL, CANCELLED, ALREADY_DONE, CANCELLED),
            new Transition(CANCEL, NEVER_TRIED, EMPTY, NEVER_TRIED),

            new Transition(ACTION, null, RAN, ACTED),
            new Transition(ACTION, ACTED, ALREADY_DONE, ACTED),
            new Transition(ACTION, COMPENSATED, REFUSED, COMPENSATED),
            new Transition(ACTION, NEVER_ACTED, REFUSED, NEVER_ACTED),

            new Transition(COMPENSATE, null, EMPTY, NEVER_ACTED),
            new Transition(COMPENSATE, ACTED, RAN, COMPENSATED),
            new Transition(COMPENSATE, COMPENSATED, ALREADY_DONE, COMPENSATED),
            new Transition(COMPENSATE, NEVER_ACTED, EMPTY, NEVER_ACTED));

    static Transition of(Operation operation, @Nullable BranchState found) {
        for (Transition line : TABLE) {
            if (line.operation == operation && line.found == found) {
                return line;
            }
        }
        return new Transition(operation, found, CONFLICT, found);
    }
}
