package io.holdfast.simulator.history;

import io.holdfast.api.Mode;
import io.holdfast.simulator.history.SequentialObject.Way;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Judges a history by trying every order of every choice of requests. Slow and plain: no memory, no candidates, no shortcuts,
 * and another description of the object than the checker's.
 */
final class Oracle {

    /** More take too long: there are about 2,000 ordered choices of 6, and 14,000 of 7. */
    static final int MAX_REQUESTS = 6;

    private final List<Told> lines;
    private final long answered;
    private final SequentialObject object;

    private Oracle(List<Told> lines) {
        this.lines = lines;
        this.answered = lines.stream().filter(Told::isAnswered).count();
        this.object = new SequentialObject(modeOf(lines));
    }

    /** Whether there is an order that explains everything; of at most {@link #MAX_REQUESTS}. */
    static boolean isLegal(List<Told> lines) {
        if (lines.size() > MAX_REQUESTS) {
            throw new IllegalArgumentException("too many to try all orders: " + lines.size());
        }
        return new Oracle(lines).someOrderFits(new ArrayList<>(), new boolean[lines.size()]);
    }

    static Mode modeOf(List<Told> lines) {
        return lines.stream().map(Told::request).anyMatch(Told.BEGIN_SAGA::equals) ? Mode.SAGA : Mode.TCC;
    }

    private boolean someOrderFits(List<Told> order, boolean[] isPlaced) {
        if (holdsAllAnswered(order) && followsTime(order) && fits(order)) {
            return true;
        }
        for (int i = 0; i < lines.size(); i++) {
            if (!isPlaced[i]) {
                isPlaced[i] = true;
                order.add(lines.get(i));
                boolean found = someOrderFits(order, isPlaced);
                order.removeLast();
                isPlaced[i] = false;
                if (found) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean holdsAllAnswered(List<Told> order) {
        return order.stream().filter(Told::isAnswered).count() == answered;
    }

    /** Whether none comes before one that had its response before it was sent. */
    static boolean followsTime(List<Told> order) {
        for (int i = 0; i < order.size(); i++) {
            for (int later = i + 1; later < order.size(); later++) {
                if (order.get(later).isAnswered() && order.get(later).to() < order.get(i).from()) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean fits(List<Told> order) {
        Set<GidState> states = EnumSet.of(GidState.ABSENT);
        for (Told line : order) {
            letItMove(states);
            Set<GidState> after = EnumSet.noneOf(GidState.class);
            for (GidState state : states) {
                after.addAll(after(object, state, line));
            }
            states = after;
        }
        return !states.isEmpty();
    }

    private void letItMove(Set<GidState> states) {
        for (GidState state : GidState.values()) {
            if (states.contains(state)) {
                states.addAll(object.byItself(state));
            }
        }
    }

    /** Where the request can lead if this was the response. */
    static Set<GidState> after(SequentialObject object, GidState state, Told line) {
        Set<GidState> after = EnumSet.noneOf(GidState.class);
        Response told = line.response() == null ? Told.UNKNOWN : line.response();
        for (Way way : object.ways(state, line.request())) {
            if (SequentialObject.canBe(way.response(), told)) {
                after.add(way.after());
            }
        }
        if (told instanceof Response.Unknown
                || told instanceof Response.Refused(StateSet states) && states.contains(state)) {
            after.add(state);
        }
        return after;
    }
}
