package io.holdfast.simulator.history;

import io.holdfast.api.Mode;
import io.holdfast.simulator.history.Search.Span;
import io.holdfast.simulator.history.Search.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether what clients were told is linearizable: whether there is, for each request, an instant between its invocation
 * and its response at which it took effect, so that each response is what one transaction gives that does one thing at a time.
 * Every gid is judged by itself, because a history is linearizable if it is for each of its objects (Herlihy and Wing, 1990).
 * <p>
 * That a decision becomes visible and stays, and that nobody is told an older state than one told before, are parts of it. That
 * something happens at all is not: a history in which every request is refused is fine. Nor is it a violation if a coordinator
 * cancels without a deadline: it may do so at any time.
 * <p>
 * Stateless, so thread-safe; a history that is being checked must not change. The verdict, with every byte of its text, depends
 * on the history alone.
 */
public final class LinearizabilityChecker {

    /**
     * Configurations of one gid, after which the search gives up. Random histories of thirty requests need two dozen at most,
     * because it branches only where the state changes; each takes some hundred bytes and a bit for every request.
     */
    public static final int DEFAULT_MAX_CONFIGURATIONS = 100_000;

    private final int maxConfigurations;

    /** With {@link #DEFAULT_MAX_CONFIGURATIONS}. */
    public LinearizabilityChecker() {
        this(DEFAULT_MAX_CONFIGURATIONS);
    }

    /**
     * @throws IllegalArgumentException if {@code maxConfigurations} is not positive
     */
    public LinearizabilityChecker(int maxConfigurations) {
        if (maxConfigurations <= 0) {
            throw new IllegalArgumentException("maxConfigurations is " + maxConfigurations + ", it must be positive");
        }
        this.maxConfigurations = maxConfigurations;
    }

    /** Judges all gids, in their order as strings: the first that is illegal, else the first that is too big, else ok. */
    public Verdict check(History history) {
        Verdict.@Nullable TooBig tooBig = null;
        for (String gid : history.gids()) {
            switch (check(history, gid)) {
                case Verdict.Illegal illegal -> {
                    return illegal;
                }
                case Verdict.TooBig big -> tooBig = tooBig == null ? big : tooBig;
                case Verdict.Ok ok -> {
                }
            }
        }
        return tooBig == null ? new Verdict.Ok(history.gids().size(), history.size()) : tooBig;
    }

    /** Judges one gid. */
    public Verdict check(History history, String gid) {
        List<Exchange<?>> exchanges = history.of(gid);
        Specification specification = specification(history, gid);
        Search search = new Search(specification, spans(specification, exchanges), maxConfigurations);
        return switch (search.run()) {
            case FOUND -> new Verdict.Ok(1, exchanges.size());
            case GAVE_UP -> new Verdict.TooBig(gid, exchanges.size(), search.configurations());
            case NONE -> illegal(gid, specification, exchanges);
        };
    }

    /** What was never begun is absent in either mode. */
    static Specification specification(History history, String gid) {
        Mode mode = history.modeOf(gid);
        return new Specification(mode == null ? Mode.TCC : mode);
    }

    static List<Span> spans(Specification specification, List<Exchange<?>> exchanges) {
        List<Span> spans = new ArrayList<>();
        for (Exchange<?> exchange : exchanges) {
            spans.add(exchange.isAnswered()
                    ? answered(specification, exchange)
                    : unanswered(specification, exchange));
        }
        return spans;
    }

    private static <R extends Response> Span answered(Specification specification, Exchange<R> exchange) {
        return new Span(exchange, true, exchange.invokedAt(), exchange.respondedAt(),
                specification.effects(exchange.request(), exchange.response()));
    }

    private static <R extends Response> Span unanswered(Specification specification, Exchange<R> exchange) {
        return new Span(exchange, false, exchange.invokedAt(), Long.MAX_VALUE,
                specification.effects(exchange.request(), null));
    }

    /**
     * Looks for the first response after which the history is illegal, if all later ones are still to come. What is illegal
     * stays so with every further response, so halving finds it.
     */
    private Verdict illegal(String gid, Specification specification, List<Exchange<?>> exchanges) {
        List<Exchange<?>> responses = new ArrayList<>(exchanges.stream().filter(Exchange::isAnswered).toList());
        responses.sort(Comparator.comparingLong(Exchange::respondedAt));
        int possible = 0;
        int impossible = responses.size();
        @Nullable
        List<Step> order = List.of();
        while (possible + 1 < impossible) {
            int middle = (possible + impossible) >>> 1;
            Search search = new Search(specification, upTo(responses.subList(0, middle), specification, exchanges),
                    maxConfigurations);
            switch (search.run()) {
                case NONE -> impossible = middle;
                case FOUND -> {
                    possible = middle;
                    order = search.order();
                }
                case GAVE_UP -> {
                    // Not shown to be illegal, so it is not what is blamed.
                    possible = middle;
                    order = null;
                }
            }
        }
        Exchange<?> unplaceable = responses.get(impossible - 1);
        return new Verdict.Illegal(gid, unplaceable,
                Explanation.of(gid, exchanges, specification, order, unplaceable));
    }

    /** The history as it was when these responses had come: what had been asked by then, and no other response. */
    private static List<Span> upTo(List<Exchange<?>> responses, Specification specification,
            List<Exchange<?>> exchanges) {
        long now = responses.getLast().respondedAt();
        Set<Exchange<?>> known = new HashSet<>(responses);
        List<Span> spans = new ArrayList<>();
        for (Exchange<?> exchange : exchanges) {
            if (known.contains(exchange)) {
                spans.add(answered(specification, exchange));
            } else if (exchange.invokedAt() <= now) {
                spans.add(unanswered(specification, exchange));
            }
        }
        return spans;
    }
}
