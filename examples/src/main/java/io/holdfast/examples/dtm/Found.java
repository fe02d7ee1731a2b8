package io.holdfast.examples.dtm;

/** What the coordinator knows about a transaction. */
public sealed interface Found {
    /** The coordinator has never heard of it. */
    record Nothing() implements Found {}

    /**
     * It exists.
     *
     * @param status         dtm's word: prepared, submitted, aborting, succeed or failed
     * @param rollbackReason why it was taken back, or empty
     */
    record Transaction(String status, String rollbackReason) implements Found {
        /** Whether nothing is owed any more. */
        public boolean isFinished() {
            return status.equals("succeed") || status.equals("failed");
        }

        public boolean isTakenBack() {
            return status.equals("aborting") || status.equals("failed");
        }
    }

    /**
     * No usable answer.
     *
     * @param cause what was seen instead
     */
    record Unknown(String cause) implements Found {}
}
