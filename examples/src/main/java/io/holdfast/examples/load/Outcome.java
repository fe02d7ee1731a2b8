package io.holdfast.examples.load;

import io.holdfast.examples.dtm.Found;
import io.holdfast.examples.journal.Told;
import java.util.List;

/**
 * What a client knows about its order.
 *
 * @param told   yes, no or nothing
 * @param reason why not, else empty
 */
record Outcome(Told told, String reason) {
    /** Reasons that participants give; a coordinator may wrap them in words of its own. */
    private static final List<String> BUSINESS_REASONS = List.of("insufficient_balance", "injected_reject");

    static Outcome confirmed() {
        return new Outcome(Told.CONFIRMED, "");
    }

    static Outcome rejected(String reason) {
        return new Outcome(Told.REJECTED, reason);
    }

    static Outcome unknown(String reason) {
        return new Outcome(Told.UNKNOWN, reason);
    }

    static Outcome takenBack(Found.Transaction transaction) {
        return rejected(BUSINESS_REASONS.stream().filter(transaction.rollbackReason()::contains).findFirst()
                .orElse("taken_back_by_coordinator"));
    }

    boolean isUnknown() {
        return told == Told.UNKNOWN;
    }
}
