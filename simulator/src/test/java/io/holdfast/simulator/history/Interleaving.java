package io.holdfast.simulator.history;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.simulator.history.Response.Effect;
import io.holdfast.simulator.history.SequentialObject.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes legal histories: clients ask one object at the same time, each request takes effect at one instant, the coordinator
 * moves by itself, requests and responses get lost, and interfaces tell less than all. One seed, one history.
 */
final class Interleaving {

    /** What happened, so that a test can see that it did. */
    static final class Counts {
        int unanswered;
        int lateEffects;
        int ownMoves;
        int refusals;
        int settled;
        int unseen;
        int conflicts;
        int confirmed;
        int cancelled;
    }

    private static final class Flight {
        final int line;
        @Nullable
        Response full;
        boolean abandoned;

        Flight(int line) {
            this.line = line;
        }
    }

    private final RandomGenerator random;
    private final Counts counts;
    private final Mode mode;
    private final SequentialObject object;
    private final List<Told> lines = new ArrayList<>();
    private final List<Flight> flights = new ArrayList<>();
    private final int clients;
    private final boolean operators;
    private boolean mayBeSettledUnseen;
    private GidState state = GidState.ABSENT;
    private long clock;

    private Interleaving(RandomGenerator random, Counts counts) {
        this.random = random;
        this.counts = counts;
        this.mode = random.nextInt(3) == 0 ? Mode.SAGA : Mode.TCC;
        this.object = new SequentialObject(mode);
        this.clients = 1 + random.nextInt(6);
        this.operators = random.nextInt(3) == 0;
        this.mayBeSettledUnseen = random.nextInt(10) == 0;
    }

    /** A legal history of this many requests, in the order of their invocation. */
    static List<Told> draw(RandomGenerator random, int requests, Counts counts) {
        return new Interleaving(random, counts).run(requests);
    }

    private List<Told> run(int requests) {
        if (mayBeSettledUnseen) {
            lines.add(Told.unanswered(Long.MIN_VALUE, Told.SETTLE));
        }
        while (lines.size() < requests || flights.stream().anyMatch(flight -> !flight.abandoned)) {
            clock += random.nextInt(3);
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> {
                    if (lines.size() < requests && attached() < clients) {
                        flights.add(new Flight(lines.size()));
                        lines.add(Told.unanswered(clock, request()));
                    }
                }
                case 3, 4, 5 -> takeEffect();
                case 6, 7, 8 -> respond();
                default -> moveByItself();
            }
        }
        switch (state) {
            case CONFIRMING, CONFIRMED -> counts.confirmed++;
            case CANCELLING, CANCELLED -> counts.cancelled++;
            case SETTLED_BY_HAND -> counts.settled++;
            case ABSENT, OPEN -> {
            }
        }
        return lines;
    }

    private long attached() {
        return flights.stream().filter(flight -> !flight.abandoned).count();
    }

    private Request<?> request() {
        int number = random.nextInt(20);
        if (number < 5 || lines.isEmpty() && number < 14) {
            return new Request.Begin(mode);
        }
        if (number < 10) {
            return new Request.Decide(random.nextInt(3) == 0 ? Decision.CANCEL : Decision.CONFIRM);
        }
        return number == 10 && operators ? Told.SETTLE : Told.QUERY;
    }

    private void takeEffect() {
        List<Flight> waiting = flights.stream().filter(flight -> flight.full == null).toList();
        if (waiting.isEmpty()) {
            return;
        }
        Flight flight = waiting.get(random.nextInt(waiting.size()));
        if (random.nextInt(12) == 0) {
            flight.full = random.nextBoolean() ? new Response.Refused(StateSet.ALL) : Told.refused(state);
            counts.refusals++;
            return;
        }
        List<Way> ways = object.ways(state, lines.get(flight.line).request());
        Way way = ways.get(random.nextInt(ways.size()));
        counts.lateEffects += flight.abandoned && way.after() != state ? 1 : 0;
        counts.conflicts += way.response() instanceof Response.Conflict ? 1 : 0;
        flight.full = way.response();
        state = way.after();
    }

    /** Somebody gets a response, or gives up waiting for one. */
    private void respond() {
        List<Flight> waiting = flights.stream()
                .filter(flight -> !flight.abandoned && (flight.full != null || random.nextInt(8) == 0)).toList();
        if (waiting.isEmpty()) {
            return;
        }
        Flight flight = waiting.get(random.nextInt(waiting.size()));
        Told line = lines.get(flight.line);
        Response full = flight.full;
        if (full == null || random.nextInt(10) == 0) {
            flight.abandoned = true;
            counts.unanswered++;
            if (random.nextBoolean()) {
                lines.set(flight.line, new Told(line.request(), Told.UNKNOWN, line.from(), clock));
            }
        } else {
            flights.remove(flight);
            lines.set(flight.line, new Told(line.request(), lessThan(full), line.from(), clock));
        }
    }

    private void moveByItself() {
        List<GidState> ways = object.byItself(state);
        boolean unfinished = !ways.isEmpty();
        if (unfinished && mayBeSettledUnseen && random.nextInt(4) == 0) {
            state = GidState.SETTLED_BY_HAND;
            mayBeSettledUnseen = false;
            counts.unseen++;
        } else if (unfinished && random.nextInt(3) == 0) {
            state = ways.get(random.nextInt(ways.size()));
            counts.ownMoves++;
        }
    }

    /** What an interface tells that does not tell everything. */
    private Response lessThan(Response full) {
        return switch (full) {
            case Response.Done done -> new Response.Done(less(done.states()),
                    random.nextInt(3) == 0 ? Effect.NOT_SAID : done.effect());
            case Response.Conflict conflict -> new Response.Conflict(less(conflict.states()));
            case Response.Refused refused -> new Response.Refused(less(refused.states()));
            case Response.Saw saw -> new Response.Saw(less(saw.states()));
            case Response.NotFound notFound -> notFound;
            case Response.Unknown unknown -> unknown;
        };
    }

    private StateSet less(StateSet states) {
        return switch (random.nextInt(10)) {
            case 0 -> StateSet.ALL;
            case 1, 2 -> new StateSet(states.mask() | random.nextInt(StateSet.ALL.mask() + 1));
            default -> states;
        };
    }
}
