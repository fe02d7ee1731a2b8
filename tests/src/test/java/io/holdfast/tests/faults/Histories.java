package io.holdfast.tests.faults;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.simulator.history.Exchange;
import io.holdfast.simulator.history.GidState;
import io.holdfast.simulator.history.History;
import io.holdfast.simulator.history.LinearizabilityChecker;
import io.holdfast.simulator.history.Request;
import io.holdfast.simulator.history.Response;
import io.holdfast.simulator.history.Response.Effect;
import io.holdfast.simulator.history.StateSet;
import io.holdfast.simulator.history.Verdict;
import io.holdfast.tests.faults.Asked.Answer;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What real clients were told over HTTP, as a history of the simulator's checker. Stateless. */
final class Histories {

    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int OVERLOADED = 429;
    private static final int UNAVAILABLE = 503;
    private static final int UNKNOWN_OUTCOME = 504;

    private Histories() {
    }

    /** What the checker says of all of them together. Registering a branch is not part of what it knows. */
    static Verdict judge(List<Asked> asked) {
        History history = new History();
        asked.stream().sorted(Comparator.comparingLong(Asked::askedNanos)).forEach(one -> add(history, one));
        return new LinearizabilityChecker().check(history);
    }

    private static void add(History history, Asked one) {
        switch (one.operation()) {
            case BEGIN_TCC -> complete(history, history.invoke(one.gid(), new Request.Begin(Mode.TCC),
                    one.askedNanos()), one, toBegin(one.answer()));
            case BEGIN_SAGA -> complete(history, history.invoke(one.gid(), new Request.Begin(Mode.SAGA),
                    one.askedNanos()), one, toBegin(one.answer()));
            case CONFIRM -> complete(history, history.invoke(one.gid(), new Request.Decide(Decision.CONFIRM),
                    one.askedNanos()), one, toDecide(one.answer()));
            case CANCEL -> complete(history, history.invoke(one.gid(), new Request.Decide(Decision.CANCEL),
                    one.askedNanos()), one, toDecide(one.answer()));
            case QUERY -> complete(history, history.invoke(one.gid(), new Request.Query(), one.askedNanos()), one,
                    toQuery(one.answer()));
            case REGISTER -> {
                // Changes no state of the gid.
            }
        }
    }

    private static <R extends Response> void complete(History history, Exchange<R> exchange, Asked one, R response) {
        Answer answer = one.answer();
        if (answer != null) {
            history.complete(exchange, response, answer.nanos());
        }
    }

    private static Response.ToBegin toBegin(@Nullable Answer answer) {
        return switch (known(answer)) {
            case OK, CREATED -> done(answer);
            case CONFLICT, OVERLOADED, UNAVAILABLE -> new Response.Refused(states(answer));
            case UNKNOWN_OUTCOME -> new Response.Unknown();
            default -> throw unexpected(answer);
        };
    }

    private static Response.ToDecide toDecide(@Nullable Answer answer) {
        return switch (known(answer)) {
            case OK, ACCEPTED -> done(answer);
            case NOT_FOUND -> new Response.NotFound();
            case CONFLICT -> answer != null && answer.code().equals("decision_conflict")
                    ? new Response.Conflict(states(answer))
                    : new Response.Refused(states(answer));
            case OVERLOADED, UNAVAILABLE -> new Response.Refused(states(answer));
            case UNKNOWN_OUTCOME -> new Response.Unknown();
            default -> throw unexpected(answer);
        };
    }

    private static Response.ToQuery toQuery(@Nullable Answer answer) {
        return switch (known(answer)) {
            case OK -> new Response.Saw(states(answer));
            case NOT_FOUND -> new Response.NotFound();
            case OVERLOADED, UNAVAILABLE, UNKNOWN_OUTCOME -> new Response.Unknown();
            default -> throw unexpected(answer);
        };
    }

    /** The status; unknown if nothing came back. */
    private static int known(@Nullable Answer answer) {
        return answer == null || answer.status() == 0 ? UNKNOWN_OUTCOME : answer.status();
    }

    private static Response.Done done(@Nullable Answer answer) {
        if (answer == null || answer.state() == null) {
            throw unexpected(answer);
        }
        return new Response.Done(states(answer), answer.changed() ? Effect.CHANGED : Effect.FOUND_DONE);
    }

    private static StateSet states(@Nullable Answer answer) {
        State state = answer == null ? null : answer.state();
        return state == null ? StateSet.ALL : StateSet.of(GidState.of(state));
    }

    private static AssertionError unexpected(@Nullable Answer answer) {
        return new AssertionError("no answer to this request: " + answer);
    }
}
