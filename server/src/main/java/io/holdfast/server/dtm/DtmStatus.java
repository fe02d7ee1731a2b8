package io.holdfast.server.dtm;

import io.holdfast.api.State;
import io.holdfast.core.Branch.Progress;
import java.util.Arrays;
import java.util.List;

/** Our states in dtm's words. */
final class DtmStatus {

    private DtmStatus() {
    }

    static String of(State state) {
        return switch (state) {
            case TRYING -> "prepared";
            case RUNNING, CONFIRMING -> "submitted";
            case CANCELLING, COMPENSATING -> "aborting";
            case CONFIRMED -> "succeed";
            case CANCELLED, SETTLED_BY_HAND -> "failed";
        };
    }

    /** The states that {@code status} stands for; empty if it is no status of dtm. */
    static List<State> states(String status) {
        return Arrays.stream(State.values()).filter(state -> of(state).equals(status)).toList();
    }

    static String of(Progress progress) {
        return switch (progress) {
            case IDLE, OWED, ABANDONED -> "prepared";
            case DONE -> "succeed";
            case FAILED -> "failed";
        };
    }
}
