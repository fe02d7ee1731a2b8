package io.holdfast.simulator.history;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.simulator.history.Response.Effect;
import java.util.List;

/**
 * The object behind one gid as something that runs: given a request, it changes and answers in full. Written without the
 * {@link Specification}, which only judges answers, so that each can be held against the other.
 */
final class SequentialObject {

    /** One way in which a request can go. */
    record Way(GidState after, Response response) {}

    private final Mode mode;

    SequentialObject(Mode mode) {
        this.mode = mode;
    }

    /** Everything that can become of a request that is neither refused nor lost. */
    List<Way> ways(GidState state, Request<?> request) {
        return switch (request) {
            case Request.Begin begin -> state != GidState.ABSENT
                    ? List.of(new Way(state, Told.foundDone(state)))
                    : mode == Mode.TCC
                            ? List.of(changed(GidState.OPEN))
                            : List.of(changed(GidState.OPEN), changed(GidState.CONFIRMED));
            case Request.Decide decide -> decide(state, decide.decision());
            case Request.Settle settle -> switch (state) {
                case ABSENT -> List.of(new Way(state, Told.NOT_FOUND));
                case OPEN, CONFIRMING, CANCELLING -> List.of(changed(GidState.SETTLED_BY_HAND));
                case CONFIRMED, CANCELLED, SETTLED_BY_HAND -> List.of(new Way(state, Told.refused(state)));
            };
            case Request.Query query ->
                List.of(new Way(state, state == GidState.ABSENT ? Told.NOT_FOUND : Told.saw(state)));
        };
    }

    private List<Way> decide(GidState state, Decision decision) {
        boolean confirm = decision == Decision.CONFIRM;
        return switch (state) {
            case ABSENT -> List.of(new Way(state, Told.NOT_FOUND));
            case OPEN -> confirm && mode == Mode.SAGA
                    ? List.of(new Way(state, Told.refused(state)))
                    : confirm
                            ? List.of(changed(GidState.CONFIRMING), changed(GidState.CONFIRMED))
                            : List.of(changed(GidState.CANCELLING), changed(GidState.CANCELLED));
            case CONFIRMING, CONFIRMED -> List.of(new Way(state, confirm
                    ? Told.foundDone(state)
                    : Told.conflict(state)));
            case CANCELLING, CANCELLED -> List.of(new Way(state, confirm
                    ? Told.conflict(state)
                    : Told.foundDone(state)));
            case SETTLED_BY_HAND -> List.of(new Way(state, Told.refused(state)));
        };
    }

    private static Way changed(GidState to) {
        return new Way(to, Told.changedTo(to));
    }

    /** Where it can go by itself. */
    List<GidState> byItself(GidState state) {
        return switch (state) {
            case ABSENT, CONFIRMED, CANCELLED, SETTLED_BY_HAND -> List.of();
            case OPEN -> mode == Mode.SAGA
                    ? List.of(GidState.CANCELLING, GidState.CONFIRMED)
                    : List.of(GidState.CANCELLING);
            case CONFIRMING -> List.of(GidState.CONFIRMED);
            case CANCELLING -> List.of(GidState.CANCELLED);
        };
    }

    /** Whether what was told, perhaps less than all, can be the full answer. */
    static boolean canBe(Response full, Response told) {
        return switch (told) {
            case Response.Done done -> full instanceof Response.Done(StateSet states, Effect effect)
                    && covers(done.states(), states)
                    && (done.effect() == Effect.NOT_SAID || done.effect() == effect);
            case Response.Conflict conflict ->
                full instanceof Response.Conflict(StateSet states) && covers(conflict.states(), states);
            case Response.Refused refused ->
                full instanceof Response.Refused(StateSet states) && covers(refused.states(), states);
            case Response.Saw saw -> full instanceof Response.Saw(StateSet states) && covers(saw.states(), states);
            case Response.NotFound notFound -> full instanceof Response.NotFound;
            case Response.Unknown unknown -> true;
        };
    }

    private static boolean covers(StateSet told, StateSet full) {
        return (full.mask() & ~told.mask()) == 0;
    }
}
