package io.holdfast.bench;

import io.holdfast.bench.child.ChildMain;
import io.holdfast.bench.child.CommandTurns;
import io.holdfast.bench.child.Shapes;
import io.holdfast.bench.measure.BenchResult;
import io.holdfast.bench.measure.Callers;
import io.holdfast.bench.measure.Conditions;
import io.holdfast.bench.measure.Goal;
import io.holdfast.bench.measure.Measured;
import io.holdfast.bench.measure.Turns;
import io.holdfast.bench.process.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What {@link CommandsBench} counts, on three nodes that agree on their log. Floor: three peers of bare Ratis with records of the same
 * mean size, by the same callers, batched as well. Beside them the single node of {@link CommandsBench}.
 * <p>
 * The three nodes share a JVM, and so do the three peers: on a machine with few processors three JVMs each would compile for minutes
 * until they are warm, and what is compared is what the engine adds to Ratis. All messages go through sockets, all entries are synced.
 */
final class GroupBench implements Benchmark {

    private static final int CALLERS = 256;
    private static final double GOAL = 0.60;
    /** There are three to measure instead of two, so each gets a part of the time. */
    private static final int SHARE = 2;
    private static final int LEAST_SECONDS = 3;
    private static final Duration START_LIMIT = Duration.ofSeconds(120);

    @Override
    public String name() {
        return "group";
    }

    @Override
    public String description() {
        return "durable commands through three nodes, beside three peers of bare Ratis and a single node";
    }

    @Override
    public List<BenchResult> run(Run run) throws Exception {
        Conditions conditions = Conditions.begin(run.workplace().path());
        Path directory = run.workplace().newDirectory(name());
        try (ChildJvm bare = run.child(ChildMain.BARE_GROUP, subdirectory(directory, "bare"));
                ChildJvm nodes = run.child(ChildMain.ENGINE_GROUP, subdirectory(directory, "nodes"));
                ChildJvm single = run.child(ChildMain.ENGINE, subdirectory(directory, "single"))) {
            bare.await(START_LIMIT);
            nodes.await(START_LIMIT);
            single.await(START_LIMIT);
            Turns turns = Turns.take(
                    new Turns.Plan(CALLERS, Math.max(LEAST_SECONDS, run.seconds() / SHARE), run.warmUpMillis()),
                    plan -> turn(bare, plan), plan -> turn(nodes, plan), plan -> turn(single, plan), run.progress());
            return List.of(BenchResult.ofTurns(name(),
                    "durable records of " + Shapes.meanCommandBytes() + " B, batched, in three peers of bare Ratis, "
                            + CALLERS + " callers",
                    "durable commands, two for each two-branch TCC with nothing to call, on three nodes, " + CALLERS
                            + " callers",
                    turns, Goal.ratioAtLeast(GOAL, turns.ratio()), conditions.ended())
                    .with("single_per_s", turns.other().opsPerSecond()).with("ratio_to_single", turns.ratioToOther())
                    .with("single_p50_us", turns.other().p50Micros())
                    .with("single_cpu_us", turns.other().cpuMicrosPerOp()));
        } finally {
            run.workplace().discard(directory);
        }
    }

    private static String subdirectory(Path directory, String name) throws IOException {
        return Files.createDirectory(directory.resolve(name)).toString();
    }

    private static Measured turn(ChildJvm child, Callers.Plan plan) throws IOException, InterruptedException {
        return child.ask(CommandTurns.request(plan),
                Duration.ofMillis(plan.warmUpMillis() + plan.millis()).plus(START_LIMIT), CommandTurns.Told.class)
                .measured();
    }
}
