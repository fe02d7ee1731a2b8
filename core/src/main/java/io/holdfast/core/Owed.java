package io.holdfast.core;

import io.holdfast.api.Operation;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Outcome.Obligation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a transaction owes to its participants. It is never kept as a list of its own: it follows from the state. */
final class Owed {

    private Owed() {
    }

    /** Whether a call is owed in this state. */
    static boolean isOwed(Transaction transaction, int branchIndex, Operation operation) {
        return !transaction.state().isFinished()
                && transaction.branches().get(branchIndex).progress(operation) == Progress.OWED
                && operationOf(transaction) == operation;
    }

    /** The operation that is owed to branches in this state, if any is. */
    static @Nullable Operation operationOf(Transaction transaction) {
        return switch (transaction.state()) {
            case CONFIRMING -> Operation.CONFIRM;
            case CANCELLING -> Operation.CANCEL;
            case RUNNING -> Operation.ACTION;
            case COMPENSATING -> Operation.COMPENSATE;
            case TRYING, CONFIRMED, CANCELLED, SETTLED_BY_HAND -> null;
        };
    }

    static boolean isCalled(@Nullable Transaction transaction, int branchIndex, Operation operation) {
        return transaction != null && !transaction.isPaused() && branchIndex < transaction.branches().size()
                && isOwed(transaction, branchIndex, operation);
    }

    /** Adds what is called in {@code in} and was not called in {@code notIn}. */
    static void addNew(@Nullable Transaction notIn, Transaction in, List<Obligation> to) {
        Operation operation = operationOf(in);
        for (int i = 0; operation != null && i < in.branches().size(); i++) {
            if (isCalled(in, i, operation) && !isCalled(notIn, i, operation)) {
                to.add(new Obligation(in, i, operation));
            }
        }
    }
}
