package io.holdfast.examples.participant;

/** A participant says no for a business reason; its local transaction is rolled back. */
public final class RejectedException extends Exception {
    /** @param reason a code, for example {@code insufficient_balance} */
    public RejectedException(String reason) {
        super(reason);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
