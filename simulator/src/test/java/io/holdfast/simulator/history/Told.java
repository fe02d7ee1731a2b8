package io.holdfast.simulator.history;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a history that a test writes or changes.
 *
 * @param response null for none
 * @param to       without meaning if there is no response
 */
record Told(Request<?> request, @Nullable Response response, long from, long to) {

    static final String GID = "g";

    static final Request<Response.ToBegin> BEGIN = new Request.Begin(Mode.TCC);
    static final Request<Response.ToBegin> BEGIN_SAGA = new Request.Begin(Mode.SAGA);
    static final Request<Response.ToDecide> CONFIRM = new Request.Decide(Decision.CONFIRM);
    static final Request<Response.ToDecide> CANCEL = new Request.Decide(Decision.CANCEL);
    static final Request<Response.ToSettle> SETTLE = new Request.Settle();
    static final Request<Response.ToQuery> QUERY = new Request.Query();

    static final Response.NotFound NOT_FOUND = new Response.NotFound();
    static final Response.Unknown UNKNOWN = new Response.Unknown();

    static Response.Done changedTo(GidState state) {
        return new Response.Done(StateSet.of(state), Response.Effect.CHANGED);
    }

    static Response.Done foundDone(GidState state) {
        return new Response.Done(StateSet.of(state), Response.Effect.FOUND_DONE);
    }

    static Response.Saw saw(GidState... states) {
        return new Response.Saw(StateSet.of(states));
    }

    static Response.Conflict conflict(GidState... states) {
        return new Response.Conflict(StateSet.of(states));
    }

    static Response.Refused refused(GidState... states) {
        return new Response.Refused(StateSet.of(states));
    }

    /** A request with its response. */
    static <R extends Response> Told told(long from, long to, Request<R> request, R response) {
        return new Told(request, response, from, to);
    }

    /** A request that nobody answered. */
    static Told unanswered(long from, Request<?> request) {
        return new Told(request, null, from, 0);
    }

    boolean isAnswered() {
        return response != null && !(response instanceof Response.Unknown);
    }

    Told withResponse(Response other) {
        return new Told(request, other, from, to);
    }

    Told at(long otherFrom, long otherTo) {
        return new Told(request, response, otherFrom, otherTo);
    }

    static History history(List<Told> lines) {
        History history = new History();
        lines.forEach(line -> line.addTo(history, line.request));
        return history;
    }

    private <R extends Response> void addTo(History history, Request<R> typed) {
        Exchange<R> exchange = history.invoke(GID, typed, from);
        if (response != null) {
            // Tests pair requests with their own responses; a wrong pair ends in a ClassCastException of the specification.
            @SuppressWarnings("unchecked")
            R own = (R) response;
            history.complete(exchange, own, to);
        }
    }

    static Verdict check(List<Told> lines) {
        return new LinearizabilityChecker().check(history(lines));
    }
}
