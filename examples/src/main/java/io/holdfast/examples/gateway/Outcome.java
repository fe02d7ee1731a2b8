package io.holdfast.examples.gateway;

import io.holdfast.examples.rest.Reply;
import java.util.List;

/**
 * What the gateway knows about an order.
 *
 * @param told   yes, no or nothing
 * @param reason why not, else empty
 */
record Outcome(Told told, String reason) {
    /** What can be told. */
    enum Told {
        CONFIRMED, REJECTED, UNKNOWN
    }

    /** Reasons that participants give; the coordinator wraps them in words of its own. */
    private static final List<String> BUSINESS_REASONS = List.of("insufficient_balance", "insufficient_stock",
            "coupon_not_usable", "injected_reject", "no_answer_to_try");

    static Outcome confirmed() {
        return new Outcome(Told.CONFIRMED, "");
    }

    static Outcome rejected(String reason) {
        return new Outcome(Told.REJECTED, reason);
    }

    static Outcome unknown(String reason) {
        return new Outcome(Told.UNKNOWN, reason);
    }

    /** What a state of the transaction means for the order. */
    static Outcome of(Reply.State transaction) {
        if (transaction.isConfirmed()) {
            return confirmed();
        }
        if (transaction.isTakenBack()) {
            return rejected(BUSINESS_REASONS.stream().filter(transaction.reason()::contains).findFirst()
                    .orElse("taken_back_by_coordinator"));
        }
        return unknown("undecided");
    }
}
