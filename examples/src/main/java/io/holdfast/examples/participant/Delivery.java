package io.holdfast.examples.participant;

import io.holdfast.api.Operation;

/**
 * One call, as it reached a participant.
 *
 * @param gid       the global transaction
 * @param branchId  the branch of it that is called
 * @param operation what to do
 * @param ticket    the order that it is about
 */
public record Delivery(String gid, String branchId, Operation operation, OrderTicket ticket) {
    /** The column {@code engine} of the tables: by which mode the transaction runs. */
    public String engine() {
        return switch (operation) {
            case TRY, CONFIRM, CANCEL -> "tcc";
            case ACTION, COMPENSATE -> "saga";
        };
    }
}
