package io.holdfast.bench.child;

import io.holdfast.bench.measure.Callers;
import io.holdfast.bench.measure.CpuTime;
import io.holdfast.bench.measure.Measured;
import io.holdfast.bench.process.ParentLink;
import io.holdfast.engine.EngineOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/** Takes turns when told: one JVM with the bare log, one with the engine, so that neither warms or disturbs the other. */
public final class CommandTurns {

    private CommandTurns() {
    }

    /** What one turn tells, beside what callers saw. */
    public record Told(Measured measured, long cuts) {}

    static void ofBareLog(ParentLink parent, List<String> arguments) throws Exception {
        byte[] record = new byte[Shapes.meanCommandBytes()];
        try (BareLog log = new BareLog(Path.of(arguments.getFirst()).resolve("bare.log"))) {
            parent.answer("ready");
            while (true) {
                parent.answer(new Told(Callers.run(plan(parent.next()), CpuTime.ofThisProcess(),
                        (caller, round) -> log.append(record)), 0));
            }
        }
    }

    static void ofEngine(ParentLink parent, List<String> arguments) throws Exception {
        try (EngineNode node = new EngineNode(Path.of(arguments.getFirst()), EngineOptions.DEFAULT,
                UnaryOperator.identity())) {
            parent.answer("ready");
            while (true) {
                parent.answer(turn(node, plan(parent.next())));
            }
        }
    }

    static Told turn(EngineNode node, Callers.Plan plan) throws Exception {
        long cutsBefore = node.figures().storage().cuts();
        String[] begun = new String[plan.callers()];
        Measured measured = Callers.run(plan, CpuTime.ofThisProcess(), (caller, round) -> {
            if (round % 2 == 0) {
                begun[caller] = node.newGid();
                node.submit(Shapes.empty(begun[caller]));
            } else {
                node.submit(Shapes.confirm(begun[caller]));
            }
        });
        return new Told(measured, node.figures().storage().cuts() - cutsBefore);
    }

    /** A request for a turn. */
    public static List<String> request(Callers.Plan plan) {
        return List.of(Integer.toString(plan.callers()), Integer.toString(plan.warmUpMillis()),
                Integer.toString(plan.millis()));
    }

    static Callers.Plan plan(List<String> request) {
        return new Callers.Plan(Integer.parseInt(request.get(0)), Integer.parseInt(request.get(1)),
                Integer.parseInt(request.get(2)));
    }
}
