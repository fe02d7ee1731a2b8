package io.holdfast.server.nativeapi;

import io.holdfast.api.Operation;
import io.holdfast.core.Branch;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Transaction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which call the state of a transaction asks for. */
final class OwedCall {

    private OwedCall() {
    }

    /** Where a branch is to be called now; empty if it is not. */
    static Optional<String> of(Transaction transaction, Branch branch) {
        Operation operation = operation(transaction);
        return operation != null && branch.progress(operation) == Progress.OWED
                ? Optional.of(branch.url(operation))
                : Optional.empty();
    }

    /** What is called in this state; null if nothing is. */
    static @Nullable Operation operation(Transaction transaction) {
        return switch (transaction.state()) {
            case CONFIRMING -> Operation.CONFIRM;
            case CANCELLING -> Operation.CANCEL;
            case RUNNING -> Operation.ACTION;
            case COMPENSATING -> Operation.COMPENSATE;
            case TRYING, CONFIRMED, CANCELLED, SETTLED_BY_HAND -> null;
        };
    }
}
