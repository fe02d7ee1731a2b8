package io.holdfast.simulator.history;

import io.holdfast.api.Decision;
import io.holdfast.simulator.history.Response.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Ways to change a history whose result may be legal or not: only an oracle can say. */
enum Damage {
    RESPONSE_REPLACED {
        @Override
        @Nullable
        List<Told> of(List<Told> lines, RandomGenerator random) {
            int index = random.nextInt(lines.size());
            Told line = lines.get(index);
            return with(lines, index, line.withResponse(drawn(line.request(), random)).at(line.from(),
                    Math.max(line.from(), line.to())));
        }
    },
    INTERVAL_MOVED {
        @Override
        @Nullable
        List<Told> of(List<Told> lines, RandomGenerator random) {
            int index = random.nextInt(lines.size());
            long from = random.nextInt(30) - 5;
            return with(lines, index, lines.get(index).at(from, from + random.nextInt(6)));
        }
    },
    RESPONSES_EXCHANGED {
        @Override
        @Nullable
        List<Told> of(List<Told> lines, RandomGenerator random) {
            int a = random.nextInt(lines.size());
            int b = random.nextInt(lines.size());
            Response ofA = lines.get(a).response();
            Response ofB = lines.get(b).response();
            return ofA == null || ofB == null || ofA.equals(ofB)
                    || !lines.get(a).request().equals(lines.get(b).request())
                            ? null
                            : with(with(lines, a, lines.get(a).withResponse(ofB)), b, lines.get(b).withResponse(ofA));
        }
    },
    REQUEST_DROPPED {
        @Override
        @Nullable
        List<Told> of(List<Told> lines, RandomGenerator random) {
            List<Told> left = new ArrayList<>(lines);
            left.remove(random.nextInt(lines.size()));
            return left.isEmpty() ? null : left;
        }
    };

    /** A changed history; null if this one gives no occasion. */
    abstract @Nullable List<Told> of(List<Told> lines, RandomGenerator random);

    private static List<Told> with(List<Told> lines, int index, Told by) {
        List<Told> changed = new ArrayList<>(lines);
        changed.set(index, by);
        return changed;
    }

    /** Any response there is to such a request. */
    private static Response drawn(Request<?> request, RandomGenerator random) {
        StateSet states = random.nextInt(4) == 0
                ? new StateSet(random.nextInt(StateSet.ALL.mask() + 1))
                : StateSet.of(GidState.values()[random.nextInt(GidState.values().length)]);
        Response.Done done = new Response.Done(states, Effect.values()[random.nextInt(Effect.values().length)]);
        Response.Refused refused = new Response.Refused(states);
        List<Response> all = switch (request) {
            case Request.Begin begin -> List.of(done, refused, Told.UNKNOWN);
            case Request.Decide(Decision decision) ->
                List.of(done, done, new Response.Conflict(StateSet.decided(decision)), new Response.Conflict(states),
                        Told.NOT_FOUND, refused, Told.UNKNOWN);
            case Request.Settle settle -> List.of(done, Told.NOT_FOUND, refused, Told.UNKNOWN);
            case Request.Query query -> List.of(new Response.Saw(states), new Response.Saw(states), Told.NOT_FOUND,
                    refused, Told.UNKNOWN);
        };
        return all.get(random.nextInt(all.size()));
    }
}
