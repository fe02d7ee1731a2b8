package io.holdfast.bench;

import io.holdfast.bench.measure.BenchResult;
import io.holdfast.bench.measure.Callers;
import io.holdfast.bench.measure.Conditions;
import io.holdfast.bench.measure.CpuTime;
import io.holdfast.bench.measure.Goal;
import io.holdfast.bench.measure.Measured;
import io.holdfast.bench.measure.Turns;
import io.holdfast.bench.process.ServerJvm;
import io.holdfast.bench.wire.DtmSubmitter;
import io.holdfast.bench.wire.DtmWire;
import io.holdfast.bench.wire.Gids;
import io.holdfast.bench.wire.PerCaller;
import io.holdfast.bench.wire.SagaSubmitter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sagas of two steps with nothing to call, each one request over dtm's HTTP interface that waits for the result, as dtm's own
 * benchmark has them; callers that keep their HTTP/1.1 connection, the server in a JVM of its own. Floor: {@code /api/ping} of the
 * same server by the same client with as many callers.
 */
final class DtmSagaBench implements Benchmark {

    static final List<Integer> CALLERS = List.of(1, 16, 64, 256);

    private static final int STEPS = 2;
    /** The server has been warmed up by then; what is left is another number of callers. */
    private static final int LATER_WARM_UP_MILLIS = 1_000;
    /** The number of callers that the goal for the rate names. */
    private static final int CALLERS_OF_GOAL = 64;
    private static final double LEAST_PER_SECOND = 10_000;
    private static final double MOST_SYNCS = 5;

    private final List<Integer> callerCounts;

    DtmSagaBench(List<Integer> callerCounts) {
        this.callerCounts = List.copyOf(callerCounts);
    }

    @Override
    public String name() {
        return "dtm-saga";
    }

    @Override
    public String description() {
        return "two-step Sagas without calls over dtm's HTTP interface, beside pings";
    }

    @Override
    public List<BenchResult> run(Run run) throws Exception {
        Path data = run.workplace().newDirectory("dtm-saga");
        List<BenchResult> results = new ArrayList<>();
        try (ServerJvm server = run.server(data).awaitListening()) {
            int warmUpMillis = run.warmUpMillis();
            for (int callers : callerCounts) {
                run.progress().say(callers + (callers == 1 ? " caller" : " callers"));
                results.add(measure(run, server, callers, warmUpMillis));
                warmUpMillis = Math.min(LATER_WARM_UP_MILLIS, warmUpMillis);
            }
        } finally {
            run.workplace().discard(data);
        }
        return results;
    }

    private BenchResult measure(Run run, ServerJvm server, int callers, int warmUpMillis) throws Exception {
        Conditions conditions = Conditions.begin(run.workplace().path());
        CpuTime cpu = CpuTime.ofThisProcess().and(server::cpuNanos);
        Gids gids = new Gids();
        try (PerCaller<DtmWire> pings = new PerCaller<>(callers, () -> new DtmWire(server.address()));
                PerCaller<SagaSubmitter> sagas = new PerCaller<>(callers,
                        () -> new DtmSubmitter(server.address(), STEPS, "", ""))) {
            Turns turns = Turns.take(new Turns.Plan(callers, run.seconds(), warmUpMillis),
                    plan -> Callers.run(plan, cpu, (caller, round) -> pings.of(caller).ping()),
                    plan -> Callers.run(plan, cpu, (caller, round) -> sagas.of(caller).submitAndWait(gids.next())),
                    run.progress());
            server.requireAlive();
            Conditions ended = conditions.ended();
            return BenchResult.ofTurns(name() + "-" + callers, "/api/ping, keep-alive HTTP/1.1, callers: " + callers,
                    "two-step Sagas to their end, callers: " + callers, turns, goal(callers, turns.product(), ended),
                    ended);
        }
    }

    private static @Nullable Goal goal(int callers, Measured product, Conditions conditions) {
        return switch (callers) {
            case 1 ->
                Goal.under("p50", MOST_SYNCS * conditions.sync().p50Micros(), "us (5 syncs)", product.p50Micros());
            case CALLERS_OF_GOAL -> Goal.rateAtLeast(LEAST_PER_SECOND, product.opsPerSecond());
            default -> null;
        };
    }
}
