package io.holdfast.fence;

import java.util.Locale;

/** What the fence row of a branch says took effect here. The column names are stored: never rename one. */
enum BranchState {
    /** Try ran; the hold stands. Never deleted by age: its Confirm or Cancel is still to come. */
    TRIED,
    CONFIRMED,
    CANCELLED,
    /** Cancel came first: there was nothing to release, and Try is refused from now on. */
    NEVER_TRIED,
    /** The Saga's action ran. The last word if the Saga succeeds, which participants are not told. */
    ACTED,
    COMPENSATED,
    /** Compensate came first: there was nothing to undo, and Action is refused from now on. */
    NEVER_ACTED;

    private final String column = name().toLowerCase(Locale.ROOT);

    /** The value of column {@code state}. */
    String column() {
        return column;
    }

    /** Whether no operation can change it any more. */
    boolean isFinished() {
        return this != TRIED && this != ACTED;
    }

    static BranchState ofColumn(String column) {
        for (BranchState state : values()) {
            if (state.column.equals(column)) {
                return state;
            }
        }
        throw new IllegalStateException("fence row with unknown state \"" + column + "\": written by a newer version?");
    }
}
