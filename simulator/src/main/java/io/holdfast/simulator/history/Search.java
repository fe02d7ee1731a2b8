package io.holdfast.simulator.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of the requests about one gid, each at an instant between its invocation and its response, in which one
 * object gives just these responses: Wing and Gong, "Testing and verifying concurrent objects" (1993), with the memory of
 * visited configurations by Lowe, "Testing for linearizability" (2017). A configuration is the set of requests that have been
 * placed and the state they led to.
 * <p>
 * The next one placed must be a <em>candidate</em>: sent before the first response of those that are not placed. Requests with
 * an unknown outcome have no response, so they hold up nobody, and need not be placed at all. The coordinator's own steps are
 * tried between any two.
 * <p>
 * A candidate whose response leaves the state as it is gets placed at once, without an alternative. Nothing is lost: take any
 * way to go on, and move that request to its front. It is a candidate, so no other one has to come first; its response fits
 * here; and where it stood, it changed nothing either, because what leaves a state alone leaves alone every later one
 * ({@link Specification}). So the search branches only where the state changes, which happens a handful of times on any path.
 * <p>
 * Of several candidates with the same effects only the one whose response came first is tried. Nothing is lost here either:
 * where another one of them comes first, the two can change places, because both may stand here, and the other one may stay
 * away at least as long.
 * <p>
 * Not thread-safe; searches once.
 */
final class Search {

    /**
     * A request with its place in time and in the machine.
     *
     * @param isAnswered  whether it must be placed
     * @param respondedAt its latest instant, if it is answered
     * @param effects     as {@link Specification#effects} gives them
     */
    record Span(Exchange<?> exchange, boolean isAnswered, long invokedAt, long respondedAt, int[] effects) {}

    /** One step of an order; {@code exchange} is null where the coordinator moved by itself. */
    record Step(@Nullable Exchange<?> exchange, GidState from, GidState to) {}

    /** What came of it. */
    enum Result {
        /** There is such an order: {@link #order}. */
        FOUND,
        /** There is none. */
        NONE,
        /** There were more configurations than allowed. */
        GAVE_UP
    }

    private record Configuration(BitSet placed, GidState state) {}

    private static final GidState[] STATES = GidState.values();

    private final Specification specification;
    /** First those that must be placed; each part in order of invocation. */
    private final List<Span> spans;
    private final int answered;
    /** Of those that must be placed, the positions in order of response. */
    private final int[] byResponse;
    /** By position in {@link #spans}: equal numbers for equal effects, counted from 0. */
    private final int[] kinds;
    private final int kindCount;
    private final int maxConfigurations;
    private final Set<Configuration> visited = new HashSet<>();
    private final List<Step> order = new ArrayList<>();
    private boolean gaveUp;

    Search(Specification specification, List<Span> unsorted, int maxConfigurations) {
        this.specification = specification;
        this.maxConfigurations = maxConfigurations;
        this.spans = new ArrayList<>(unsorted);
        spans.sort(Comparator.comparing((Span span) -> !span.isAnswered()).thenComparingLong(Span::invokedAt));
        this.answered = (int) spans.stream().filter(Span::isAnswered).count();
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < answered; i++) {
            positions.add(i);
        }
        positions.sort(Comparator.comparingLong(position -> spans.get(position).respondedAt()));
        this.byResponse = positions.stream().mapToInt(Integer::intValue).toArray();
        List<int[]> different = new ArrayList<>();
        this.kinds = spans.stream().mapToInt(span -> kind(different, span.effects())).toArray();
        this.kindCount = different.size();
    }

    private static int kind(List<int[]> different, int[] effects) {
        for (int kind = 0; kind < different.size(); kind++) {
            if (Arrays.equals(different.get(kind), effects)) {
                return kind;
            }
        }
        different.add(effects);
        return different.size() - 1;
    }

    Result run() {
        return goOn(new BitSet(spans.size()), GidState.ABSENT)
                ? Result.FOUND
                : gaveUp ? Result.GAVE_UP : Result.NONE;
    }

    /** The order that was found. */
    List<Step> order() {
        return order;
    }

    int configurations() {
        return visited.size();
    }

    /** Whether the rest can be placed. {@code placed} belongs to this call from now on. Deep as the longest path of states. */
    private boolean goOn(BitSet placed, GidState state) {
        int steps = order.size();
        long horizon = placeAllThatChangeNothing(placed, state);
        if (placed.nextClearBit(0) >= answered) {
            return true;
        }
        if (visited.add(new Configuration(placed, state))) {
            gaveUp |= visited.size() > maxConfigurations;
            if (changeByRequest(placed, state, horizon) || changeByItself(placed, state)) {
                return true;
            }
        }
        order.subList(steps, order.size()).clear();
        return false;
    }

    /** Returns up to when a request must have been sent to be a candidate after that. */
    private long placeAllThatChangeNothing(BitSet placed, GidState state) {
        int responses = 0;
        while (true) {
            while (responses < answered && placed.get(byResponse[responses])) {
                responses++;
            }
            long horizon = responses == answered ? Long.MAX_VALUE : spans.get(byResponse[responses]).respondedAt();
            boolean none = true;
            for (int i = placed.nextClearBit(0); i < answered && spans.get(i).invokedAt() <= horizon; i = placed
                    .nextClearBit(i + 1)) {
                if (spans.get(i).effects()[state.ordinal()] == Specification.bit(state)) {
                    placed.set(i);
                    order.add(new Step(spans.get(i).exchange(), state, state));
                    none = false;
                }
            }
            if (none) {
                return horizon;
            }
        }
    }

    private boolean changeByRequest(BitSet placed, GidState state, long horizon) {
        for (int i : firstOfEachKind(placed, state, horizon)) {
            if (i >= 0) {
                BitSet withThis = (BitSet) placed.clone();
                withThis.set(i);
                if (moveTo(spans.get(i).effects()[state.ordinal()], spans.get(i).exchange(), withThis, state)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Positions of candidates that change the state, by kind; -1 where there is none. */
    private int[] firstOfEachKind(BitSet placed, GidState state, long horizon) {
        int[] first = new int[kindCount];
        Arrays.fill(first, -1);
        noteFirst(first, placed, state, 0, answered, horizon);
        noteFirst(first, placed, state, answered, spans.size(), horizon);
        return first;
    }

    private void noteFirst(int[] first, BitSet placed, GidState state, int from, int to, long horizon) {
        for (int i = placed.nextClearBit(from); i < to && spans.get(i).invokedAt() <= horizon; i = placed
                .nextClearBit(i + 1)) {
            int best = first[kinds[i]];
            if (spans.get(i).effects()[state.ordinal()] != 0
                    && (best < 0 || spans.get(i).respondedAt() < spans.get(best).respondedAt())) {
                first[kinds[i]] = i;
            }
        }
    }

    private boolean changeByItself(BitSet placed, GidState state) {
        return moveTo(specification.hidden(state), null, placed, state);
    }

    private boolean moveTo(int targets, @Nullable Exchange<?> exchange, BitSet placed, GidState from) {
        for (GidState to : STATES) {
            if ((targets & Specification.bit(to)) != 0 && !gaveUp) {
                order.add(new Step(exchange, from, to));
                if (goOn((BitSet) placed.clone(), to)) {
                    return true;
                }
                order.removeLast();
            }
        }
        return false;
    }
}
