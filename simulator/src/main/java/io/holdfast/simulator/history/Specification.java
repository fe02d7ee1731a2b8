package io.holdfast.simulator.history;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import org.jspecify.annotations.Nullable;

/**
 * The object behind one gid, as a machine that does one thing at a time: where a request with a given response can lead from
 * each state, and which steps the coordinator takes by itself. States are bits, as in {@link StateSet}.
 * <p>
 * Written down a second time on purpose: were it derived from the table of the core, a mistake there would be right by
 * definition. A test compares the two.
 * <p>
 * {@link Search} relies on three properties, which a test checks for every request, response and state: a step never leads
 * back; a response that leaves a state as it is leads nowhere else from there; and it changes none of the states that can
 * follow either.
 */
final class Specification {

    private static final int STATES = GidState.values().length;
    private static final int OPEN = bit(GidState.OPEN);
    private static final int UNFINISHED = OPEN | bit(GidState.CONFIRMING) | bit(GidState.CANCELLING);

    private final Mode mode;

    Specification(Mode mode) {
        this.mode = mode;
    }

    static int bit(GidState state) {
        return 1 << state.ordinal();
    }

    /** The steps that nobody asks for: all is done, the deadline passes, an action fails. */
    int hidden(GidState from) {
        return from == GidState.OPEN ? finishing(from) | bit(GidState.CANCELLING) : finishing(from);
    }

    /** The end, once nothing is left to call; what needs no call at all ends together with what led there. */
    private int finishing(GidState from) {
        return switch (from) {
            case OPEN -> mode == Mode.SAGA ? bit(GidState.CONFIRMED) : 0;
            case CONFIRMING -> bit(GidState.CONFIRMED);
            case CANCELLING -> bit(GidState.CANCELLED);
            case ABSENT, CONFIRMED, CANCELLED, SETTLED_BY_HAND -> 0;
        };
    }

    /**
     * Where the request leads, by the state that it meets, if it has this response.
     *
     * @param response null for none yet
     * @return by ordinal of the state before, the possible states after; 0 where the response cannot be given. For an unknown
     *         response only the states that the request would change lead anywhere: there, it may also never take effect
     */
    <R extends Response> int[] effects(Request<R> request, @Nullable R response) {
        int[] after = new int[STATES];
        for (GidState from : GidState.values()) {
            after[from.ordinal()] = response == null
                    ? changed(request, from)
                    : effect(request, response, from);
        }
        return after;
    }

    private int effect(Request<?> request, Response response, GidState from) {
        return switch (response) {
            case Response.Unknown unknown -> changed(request, from);
            case Response.Refused refused -> unchangedIf(refused.states(), from);
            case Response.Saw saw -> from == GidState.ABSENT ? 0 : unchangedIf(saw.states(), from);
            case Response.NotFound notFound -> unchangedIf(StateSet.of(GidState.ABSENT), from);
            case Response.Conflict conflict -> isOtherWay(request, from) ? unchangedIf(conflict.states(), from) : 0;
            case Response.Done done -> done.states().mask() & switch (done.effect()) {
                case CHANGED -> changed(request, from);
                case FOUND_DONE -> foundDone(request, from);
                case NOT_SAID -> changed(request, from) | foundDone(request, from);
            };
        };
    }

    private static int unchangedIf(StateSet states, GidState from) {
        return states.mask() & bit(from);
    }

    /** Where it leads if it takes effect. */
    private int changed(Request<?> request, GidState from) {
        return switch (request) {
            case Request.Begin begin -> from == GidState.ABSENT ? OPEN | finishing(GidState.OPEN) : 0;
            case Request.Decide decide -> from == GidState.OPEN ? decided(decide.decision()) : 0;
            case Request.Settle settle -> (bit(from) & UNFINISHED) == 0 ? 0 : bit(GidState.SETTLED_BY_HAND);
            case Request.Query query -> 0;
        };
    }

    /** Nobody but the Saga itself knows that it may confirm. */
    private int decided(Decision decision) {
        return decision == Decision.CONFIRM && mode == Mode.SAGA ? 0 : StateSet.decided(decision).mask();
    }

    /** The state itself, if what was asked for is so already. */
    private static int foundDone(Request<?> request, GidState from) {
        return switch (request) {
            case Request.Begin begin -> from == GidState.ABSENT ? 0 : bit(from);
            case Request.Decide decide -> unchangedIf(StateSet.decided(decide.decision()), from);
            case Request.Settle settle -> 0;
            case Request.Query query -> 0;
        };
    }

    private static boolean isOtherWay(Request<?> request, GidState state) {
        return request instanceof Request.Decide(Decision wanted)
                && StateSet.decided(wanted == Decision.CONFIRM ? Decision.CANCEL : Decision.CONFIRM).contains(state);
    }
}
