package io.holdfast.core;

import io.holdfast.api.Operation;
import io.holdfast.core.Branch.Progress;

/**
 * Saga: actions run in their order, or as their graph allows. When one fails, every action that may have started is
 * compensated in reverse order, the failing one included: an action that answered "failed" may still have left something
 * behind, and one whose answer is unknown may have run.
 */
final class Saga implements Protocol {

    static final Saga PROTOCOL = new Saga();

    private Saga() {
    }

    @Override
    public void advance(Draft draft) {
        switch (draft.state()) {
            case RUNNING -> run(draft);
            case COMPENSATING -> compensate(draft);
            case CONFIRMED, CANCELLED -> {
            }
            case SETTLED_BY_HAND -> {
            }
            case TRYING, CONFIRMING, CANCELLING ->
                throw new IllegalStateException("not a state of Saga: " + draft.state());
        }
    }

    private static void run(Draft draft) {
        boolean again = true;
        boolean allDone = true;
        // An action with nothing to call is done at once and may free the next one, hence the loop.
        while (again) {
            again = false;
            allDone = true;
            for (int i = 0; i < draft.branchCount(); i++) {
                Progress progress = draft.branch(i).forward();
                if (progress == Progress.IDLE && mayStart(draft, i)) {
                    again |= !draft.owe(i, Operation.ACTION);
                    progress = draft.branch(i).forward();
                }
                allDone &= progress == Progress.DONE;
            }
        }
        if (allDone) {
            draft.apply(Event.FORWARD_DONE, "");
        }
    }

    private static boolean mayStart(Draft draft, int index) {
        SagaOrder order = draft.terms.order();
        if (!order.concurrent()) {
            return index == 0 || draft.branch(index - 1).forward() == Progress.DONE;
        }
        if (index >= order.predecessors().size()) {
            return true;
        }
        for (int earlier : order.predecessors().get(index)) {
            if (draft.branch(earlier).forward() != Progress.DONE) {
                return false;
            }
        }
        return true;
    }

    private static void compensate(Draft draft) {
        abandonRunningActions(draft);
        boolean again = true;
        boolean allDone = true;
        while (again) {
            again = false;
            allDone = true;
            boolean[] blocked = blockedByLater(draft);
            for (int i = draft.branchCount() - 1; i >= 0; i--) {
                if (draft.branch(i).forward() == Progress.IDLE) {
                    continue;
                }
                Progress progress = draft.branch(i).backward();
                if (progress == Progress.IDLE && mayCompensate(draft, i, blocked)) {
                    again |= !draft.owe(i, Operation.COMPENSATE);
                    progress = draft.branch(i).backward();
                }
                allDone &= progress == Progress.DONE;
            }
        }
        if (allDone) {
            draft.apply(Event.BACKWARD_DONE, "");
        }
    }

    private static void abandonRunningActions(Draft draft) {
        for (int i = 0; i < draft.branchCount(); i++) {
            Branch branch = draft.branch(i);
            if (branch.forward() == Progress.OWED) {
                draft.replaceBranch(i, branch.withForward(Progress.ABANDONED, 0));
            }
        }
    }

    /** Whether everything that was started after, because of, this action has been compensated. */
    private static boolean mayCompensate(Draft draft, int index, boolean[] blocked) {
        return draft.terms.order().concurrent()
                ? !blocked[index]
                : index + 1 >= draft.branchCount() || isUndone(draft.branch(index + 1));
    }

    /** Which actions of a graph were waited for by one that is not undone yet. */
    private static boolean[] blockedByLater(Draft draft) {
        boolean[] blocked = new boolean[draft.branchCount()];
        SagaOrder order = draft.terms.order();
        for (int later = 0; order.concurrent() && later < order.predecessors().size(); later++) {
            if (!isUndone(draft.branch(later))) {
                order.predecessors().get(later).forEach(earlier -> blocked[earlier] = true);
            }
        }
        return blocked;
    }

    private static boolean isUndone(Branch branch) {
        return branch.forward() == Progress.IDLE || branch.backward() == Progress.DONE;
    }
}
