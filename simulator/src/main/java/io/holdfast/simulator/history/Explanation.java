package io.holdfast.simulator.history;

import io.holdfast.simulator.history.Search.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts into words why a history is illegal. */
final class Explanation {

    private Explanation() {
    }

    /**
     * @param order       of everything before {@code unplaceable}; null if looking for it would have taken too long
     * @param unplaceable the response for which there is no place any more
     */
    static String of(String gid, List<Exchange<?>> exchanges, Specification specification,
            @Nullable List<Step> order, Exchange<?> unplaceable) {
        StringBuilder text = new StringBuilder("gid " + gid + ": the responses cannot come from one object\n"
                + "what was asked and told, with the times of both:\n");
        for (Exchange<?> exchange : exchanges) {
            line(text, exchange.describe());
        }
        if (order == null) {
            text.append("an order for the responses before the one below was not found in the steps allowed\n");
        } else if (order.isEmpty()) {
            text.append("there was no response before the one below\n");
        } else {
            text.append("an order that explains every response before the one below:\n");
            order.forEach(step -> line(text, words(step)));
        }
        text.append("the first response without a place in any order:\n");
        line(text, unplaceable.describe());
        line(text, needed(specification, unplaceable));
        return text.toString();
    }

    private static void line(StringBuilder text, String words) {
        text.append("  ").append(words).append('\n');
    }

    private static String words(Step step) {
        Exchange<?> exchange = step.exchange();
        return (exchange == null ? "the coordinator by itself" : "#" + exchange.number() + " " + exchange.request())
                + (step.from() == step.to() ? " in " + step.from() : ": " + step.from() + " to " + step.to());
    }

    private static <R extends Response> String needed(Specification specification, Exchange<R> exchange) {
        @Nullable
        R response = exchange.response();
        int[] effects = specification.effects(exchange.request(), response);
        int fitting = 0;
        for (GidState state : GidState.values()) {
            fitting |= effects[state.ordinal()] == 0 ? 0 : Specification.bit(state);
        }
        return fitting == 0
                ? "no state gives this response to this request"
                : "it would have had to meet the state " + new StateSet(fitting);
    }
}
