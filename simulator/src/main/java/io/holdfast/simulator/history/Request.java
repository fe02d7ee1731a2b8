package io.holdfast.simulator.history;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;

/**
 * What a client asks of one gid.
 *
 * @param <R> the responses there are to it
 */
public sealed interface Request<R extends Response> {

    /** Begins the transaction. All begins of one gid are taken to ask for the same terms. */
    record Begin(Mode mode) implements Request<Response.ToBegin> {
        @Override
        public String toString() {
            return "begin " + mode;
        }
    }

    /** Decides it. */
    record Decide(Decision decision) implements Request<Response.ToDecide> {
        @Override
        public String toString() {
            return "decide " + decision;
        }
    }

    /** An operator settles it by hand. */
    record Settle() implements Request<Response.ToSettle> {
        @Override
        public String toString() {
            return "settle by hand";
        }
    }

    /** Asks for its state. */
    record Query() implements Request<Response.ToQuery> {
        @Override
        public String toString() {
            return "query";
        }
    }
}
