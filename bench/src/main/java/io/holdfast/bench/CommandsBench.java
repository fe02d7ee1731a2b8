package io.holdfast.bench;

import io.holdfast.bench.child.ChildMain;
import io.holdfast.bench.child.CommandTurns;
import io.holdfast.bench.child.Shapes;
import io.holdfast.bench.measure.BenchResult;
import io.holdfast.bench.measure.Callers;
import io.holdfast.bench.measure.Conditions;
import io.holdfast.bench.measure.Measured;
import io.holdfast.bench.measure.Turns;
import io.holdfast.bench.process.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Durable commands through engine and log: whole TCC transactions of two branches with nothing to call, begun with their branches
 * and confirmed, so two durable waits each; with cuts, archive and ids of the engine as in production, inside the measured seconds.
 * Floor: a bare group-commit log with records of the same mean size, by the same callers. The two have a JVM each and take turns.
 */
final class CommandsBench implements Benchmark {

    private static final int CALLERS = 256;
    private static final Duration START_LIMIT = Duration.ofSeconds(120);

    @Override
    public String name() {
        return "commands";
    }

    @Override
    public String description() {
        return "durable commands through the engine, beside a bare group-commit log";
    }

    @Override
    public List<BenchResult> run(Run run) throws Exception {
        Conditions conditions = Conditions.begin(run.workplace().path());
        Path directory = run.workplace().newDirectory("commands");
        try (ChildJvm bare = run.child(ChildMain.BARE_LOG, directory.toString());
                ChildJvm engine = run.child(ChildMain.ENGINE, directory.toString())) {
            bare.await(START_LIMIT);
            engine.await(START_LIMIT);
            CutCount cuts = new CutCount();
            Turns turns = Turns.take(new Turns.Plan(CALLERS, run.seconds(), run.warmUpMillis()),
                    plan -> turn(bare, plan).measured(), plan -> cuts.counted(turn(engine, plan)), run.progress());
            return List.of(BenchResult.ofTurns(name(),
                    "durable records of " + Shapes.meanCommandBytes() + " B in a bare group-commit log, " + CALLERS
                            + " callers",
                    "durable commands, two for each two-branch TCC with nothing to call, " + CALLERS + " callers",
                    turns,
                    null, conditions.ended()).with("cuts", cuts.cuts));
        } finally {
            run.workplace().discard(directory);
        }
    }

    private static CommandTurns.Told turn(ChildJvm child, Callers.Plan plan) throws Exception {
        return child.ask(CommandTurns.request(plan),
                Duration.ofMillis(plan.warmUpMillis() + plan.millis()).plus(START_LIMIT), CommandTurns.Told.class);
    }

    /** Cuts that were taken while the clock ran. */
    private static final class CutCount {
        private long cuts;

        Measured counted(CommandTurns.Told told) {
            cuts += told.cuts();
            return told.measured();
        }
    }
}
