package io.holdfast.core;

import io.holdfast.api.Operation;
import io.holdfast.core.Branch.Progress;

/**
 * TCC: once decided, every registered branch is owed its Confirm or its Cancel, all at the same time, so that a branch whose
 * participant is down holds up no other.
 */
final class Tcc implements Protocol {

    static final Tcc PROTOCOL = new Tcc();

    private Tcc() {
    }

    @Override
    public void advance(Draft draft) {
        switch (draft.state()) {
            case CONFIRMING -> advance(draft, Operation.CONFIRM, Event.FORWARD_DONE);
            case CANCELLING -> advance(draft, Operation.CANCEL, Event.BACKWARD_DONE);
            case TRYING, CONFIRMED, CANCELLED, SETTLED_BY_HAND -> {
            }
            case RUNNING, COMPENSATING -> throw new IllegalStateException("not a state of TCC: " + draft.state());
        }
    }

    private static void advance(Draft draft, Operation operation, Event whenAllDone) {
        boolean allDone = true;
        for (int i = 0; i < draft.branchCount(); i++) {
            Progress progress = draft.branch(i).progress(operation);
            if (progress == Progress.IDLE) {
                allDone &= !draft.owe(i, operation);
            } else {
                allDone &= progress == Progress.DONE;
            }
        }
        if (allDone) {
            draft.apply(whenAllDone, "");
        }
    }
}
