package io.holdfast.simulator.history;

/**
 * What a client was told. A request without a response counts as one whose response is {@link Unknown}.
 */
public sealed interface Response {

    /** Of a begin. */
    sealed interface ToBegin extends Response {}

    /** Of a decision. */
    sealed interface ToDecide extends Response {}

    /** Of an operator's order to settle. */
    sealed interface ToSettle extends Response {}

    /** Of a query. */
    sealed interface ToQuery extends Response {}

    /** Whether it was this request that did it. */
    enum Effect {
        /** It changed the state. */
        CHANGED,
        /** It found its work done by an earlier one. */
        FOUND_DONE,
        /** The interface does not say. */
        NOT_SAID
    }

    /**
     * The request holds, now or since earlier.
     *
     * @param states of which one is the state just after it
     */
    record Done(StateSet states, Effect effect) implements ToBegin, ToDecide, ToSettle {
        @Override
        public String toString() {
            return "done, " + switch (effect) {
                case CHANGED -> "changed to ";
                case FOUND_DONE -> "found done in ";
                case NOT_SAID -> "";
            } + states;
        }
    }

    /**
     * It was decided the other way, and nothing changed.
     *
     * @param states of which one stood in the way
     */
    record Conflict(StateSet states) implements ToDecide {
        @Override
        public String toString() {
            return "conflict with " + states;
        }
    }

    /** There is no such transaction, and nothing changed. */
    record NotFound() implements ToDecide, ToSettle, ToQuery {
        @Override
        public String toString() {
            return "not found";
        }
    }

    /**
     * It was refused for another reason, and nothing changed.
     *
     * @param states of which one was the state then; {@link StateSet#ALL} if none was told
     */
    record Refused(StateSet states) implements ToBegin, ToDecide, ToSettle, ToQuery {
        @Override
        public String toString() {
            return "refused in " + states;
        }
    }

    /**
     * The transaction is known.
     *
     * @param states of which one was its state
     */
    record Saw(StateSet states) implements ToQuery {
        @Override
        public String toString() {
            return "saw " + states;
        }
    }

    /** The request may take effect once, at any time after it was sent, or never. */
    record Unknown() implements ToBegin, ToDecide, ToSettle, ToQuery {
        @Override
        public String toString() {
            return "unknown";
        }
    }
}
