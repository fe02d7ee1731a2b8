package io.holdfast.core;

import static io.holdfast.api.Mode.SAGA;
import static io.holdfast.api.Mode.TCC;
import static io.holdfast.api.State.CANCELLED;
import static io.holdfast.api.State.CANCELLING;
import static io.holdfast.api.State.COMPENSATING;
import static io.holdfast.api.State.CONFIRMED;
import static io.holdfast.api.State.CONFIRMING;
import static io.holdfast.api.State.RUNNING;
import static io.holdfast.api.State.SETTLED_BY_HAND;
import static io.holdfast.api.State.TRYING;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every transition there is, as data. No other code changes a state; the diagram in docs/states.md is generated from this
 * table and a test fails if a row is never used.
 */
public final class Transitions {

    /** One arrow of the diagram. */
    public record Row(Mode mode, State from, Event event, State to) {}

    private static final List<Row> ROWS = List.of(
            // TCC: the caller decides, or the deadline does.
            new Row(TCC, TRYING, Event.CONFIRM_DECIDED, CONFIRMING),
            new Row(TCC, TRYING, Event.CANCEL_DECIDED, CANCELLING),
            new Row(TCC, TRYING, Event.DEADLINE_PASSED, CANCELLING),
            new Row(TCC, CONFIRMING, Event.FORWARD_DONE, CONFIRMED),
            new Row(TCC, CANCELLING, Event.BACKWARD_DONE, CANCELLED),
            new Row(TCC, TRYING, Event.SETTLED, SETTLED_BY_HAND),
            new Row(TCC, CONFIRMING, Event.SETTLED, SETTLED_BY_HAND),
            new Row(TCC, CANCELLING, Event.SETTLED, SETTLED_BY_HAND),
            // Saga: running to the end confirms, any definite failure compensates.
            new Row(SAGA, RUNNING, Event.FORWARD_DONE, CONFIRMED),
            new Row(SAGA, RUNNING, Event.ACTION_FAILED, COMPENSATING),
            new Row(SAGA, RUNNING, Event.RETRIES_EXHAUSTED, COMPENSATING),
            new Row(SAGA, RUNNING, Event.DEADLINE_PASSED, COMPENSATING),
            new Row(SAGA, RUNNING, Event.CANCEL_DECIDED, COMPENSATING),
            new Row(SAGA, COMPENSATING, Event.BACKWARD_DONE, CANCELLED),
            new Row(SAGA, RUNNING, Event.SETTLED, SETTLED_BY_HAND),
            new Row(SAGA, COMPENSATING, Event.SETTLED, SETTLED_BY_HAND));

    private static final @Nullable State[][][] NEXT = index();

    private Transitions() {
    }

    /** Every row, in the order of the table. */
    public static List<Row> rows() {
        return ROWS;
    }

    /** Where {@code event} leads from {@code from}; null if the event is not possible there. */
    public static @Nullable State next(Mode mode, State from, Event event) {
        return NEXT[mode.ordinal()][from.ordinal()][event.ordinal()];
    }

    private static @Nullable State[][][] index() {
        @Nullable
        State[][][] next = new @Nullable State[Mode.values().length][State.values().length][Event.values().length];
        for (Row row : ROWS) {
            next[row.mode().ordinal()][row.from().ordinal()][row.event().ordinal()] = row.to();
        }
        return next;
    }
}
