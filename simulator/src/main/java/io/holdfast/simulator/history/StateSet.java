package io.holdfast.simulator.history;

import io.holdfast.api.Decision;
import java.util.StringJoiner;

/**
 * The states that a response leaves open. Not every interface says as much as another: one names the state, one only the
 * decision, one only that the request was refused. Immutable.
 *
 * @param mask bit {@code n} stands for the state with the ordinal {@code n}
 */
public record StateSet(int mask) {

    private static final GidState[] STATES = GidState.values();

    /** Any: the response says nothing about the state. */
    public static final StateSet ALL = new StateSet((1 << STATES.length) - 1);

    /**
     * @throws IllegalArgumentException if a bit stands for no state
     */
    public StateSet {
        if (mask < 0 || mask >= 1 << STATES.length) {
            throw new IllegalArgumentException("mask is " + mask + ", there are " + STATES.length + " states");
        }
    }

    /** Just these. */
    public static StateSet of(GidState... states) {
        int mask = 0;
        for (GidState state : states) {
            mask |= 1 << state.ordinal();
        }
        return new StateSet(mask);
    }

    /** Decided so, finished or not. */
    public static StateSet decided(Decision decision) {
        return switch (decision) {
            case CONFIRM -> of(GidState.CONFIRMING, GidState.CONFIRMED);
            case CANCEL -> of(GidState.CANCELLING, GidState.CANCELLED);
        };
    }

    public boolean contains(GidState state) {
        return (mask & 1 << state.ordinal()) != 0;
    }

    /** In words, in the order of the states: "OPEN or CONFIRMING". */
    @Override
    public String toString() {
        if (equals(ALL)) {
            return "any state";
        }
        StringJoiner words = new StringJoiner(" or ");
        words.setEmptyValue("no state");
        for (GidState state : STATES) {
            if (contains(state)) {
                words.add(state.name());
            }
        }
        return words.toString();
    }
}
