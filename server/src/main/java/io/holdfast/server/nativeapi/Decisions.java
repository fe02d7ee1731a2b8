package io.holdfast.server.nativeapi;

import io.holdfast.api.Decision;
import io.holdfast.api.State;
import io.holdfast.core.Transaction;
import org.jspecify.annotations.Nullable;

/** Which way a transaction was decided. */
public final class Decisions {

    private Decisions() {
    }

    /** Null while it is undecided, and if it was settled by hand before a decision. */
    public static @Nullable Decision of(Transaction transaction) {
        return switch (transaction.state()) {
            case CONFIRMING, CONFIRMED -> Decision.CONFIRM;
            case CANCELLING, COMPENSATING, CANCELLED -> Decision.CANCEL;
            case TRYING, RUNNING -> null;
            case SETTLED_BY_HAND -> beforeItWasSettled(transaction);
        };
    }

    /** The line of the audit trail that settled it names the state before. */
    private static @Nullable Decision beforeItWasSettled(Transaction transaction) {
        State before = transaction.audit().isEmpty() ? State.TRYING : transaction.audit().getLast().stateBefore();
        return switch (before) {
            case CONFIRMING, CONFIRMED -> Decision.CONFIRM;
            case CANCELLING, COMPENSATING, CANCELLED -> Decision.CANCEL;
            case TRYING, RUNNING, SETTLED_BY_HAND -> null;
        };
    }
}
