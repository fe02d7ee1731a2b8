package io.holdfast.bench;

import io.holdfast.bench.child.ChildMain;
import io.holdfast.bench.measure.BenchResult;
import io.holdfast.bench.measure.Conditions;
import io.holdfast.bench.measure.Figure;
import io.holdfast.bench.measure.Goal;
import io.holdfast.bench.measure.Median;
import io.holdfast.bench.process.ChildJvm;
import io.holdfast.bench.process.ServerJvm;
import io.holdfast.bench.wire.FirstDecision;
import io.holdfast.engine.EngineOptions.CutOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * From the start of the java process to the first durable decision (a TCC begun and submitted over HTTP and both acknowledged), on a
 * data directory with very many unfinished transactions and a tail of the log that no cut holds, left behind by a process that was
 * killed. With the page cache warm and, as root, with an empty one. Floor: the same with an empty data directory.
 */
final class RestartBench implements Benchmark {

    static final int TURNS = 3;

    private static final double MOST_MILLIS = 5_000;
    /** Half of what a cut is taken after: the tail to expect. */
    private static final long TAIL_BYTES = CutOptions.DEFAULT.cutBytes() / 2;
    private static final Duration PREPARE_LIMIT = Duration.ofMinutes(20);
    private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");
    private static final int ROOM = 100_000;

    private final int turns;
    private final boolean alsoCold;

    /** @param alsoCold drops the page cache of the whole machine, if that is permitted */
    RestartBench(int turns, boolean alsoCold) {
        this.turns = turns;
        this.alsoCold = alsoCold;
    }

    @Override
    public String name() {
        return "restart";
    }

    @Override
    public String description() {
        return "start of the server to its first decision with very many unfinished transactions, beside an empty one";
    }

    @Override
    public List<BenchResult> run(Run run) throws Exception {
        Conditions conditions = Conditions.begin(run.workplace().path());
        Path data = run.workplace().newDirectory("restart");
        int tail = prepare(run, data);
        List<FirstDecision> empty = new ArrayList<>();
        List<FirstDecision> warm = new ArrayList<>();
        List<FirstDecision> cold = new ArrayList<>();
        for (int turn = 0; turn < turns; turn++) {
            Path fresh = run.workplace().newDirectory("restart-empty");
            empty.add(start(run, fresh, "an empty directory"));
            run.workplace().discard(fresh);
            warm.add(start(run, data, "page cache warm"));
            if (alsoCold && dropCaches()) {
                cold.add(start(run, data, "page cache dropped"));
            } else if (alsoCold && turn == 0) {
                run.progress().say("the page cache cannot be dropped here (only root may): measured warm only");
            }
        }
        run.workplace().discard(data);
        Conditions ended = conditions.ended();
        List<BenchResult> results = new ArrayList<>();
        results.add(row(run, name(), "page cache warm", empty, warm, ended).with("tail_transactions", tail));
        if (!cold.isEmpty()) {
            results.add(row(run, name() + "-cold", "page cache dropped", empty, cold, ended).with("tail_transactions",
                    tail));
        }
        return results;
    }

    /** Returns how many short transactions the tail holds. */
    private static int prepare(Run run, Path data) throws Exception {
        try (ChildJvm prepare = run.child(ChildMain.PREPARE, data.toString(), Integer.toString(run.transactions()),
                Long.toString(Math.min(TAIL_BYTES, run.transactions() * 32L)))) {
            return prepare.await(PREPARE_LIMIT).asInt();
        }
    }

    private static FirstDecision start(Run run, Path data, String how) throws Exception {
        try (ServerJvm server = run.server(data, "limits:", "  maxUnfinished: " + (run.transactions() + ROOM))) {
            FirstDecision first = FirstDecision.await(server);
            run.progress().say(how + ": " + first);
            return first;
        }
    }

    private static boolean dropCaches() {
        try {
            new ProcessBuilder("sync").start().waitFor();
            Files.writeString(DROP_CACHES, "3");
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private BenchResult row(Run run, String name, String cache, List<FirstDecision> floor,
            List<FirstDecision> product, Conditions conditions) {
        double millis = Median.of(product, FirstDecision::totalMillis);
        return BenchResult.ofFigures(name,
                new Figure(Median.of(floor, FirstDecision::totalMillis), "ms",
                        "start to first decision, empty directory"),
                new Figure(millis, "ms", String.format(Locale.ROOT,
                        "the same with %,d unfinished transactions, %s", run.transactions(), cache)),
                Goal.under("time", MOST_MILLIS, "ms", millis), conditions)
                .with("transactions", run.transactions())
                .with("port_open_ms", Median.of(product, FirstDecision::portOpenMillis))
                .with("recovery_at_ms", Median.of(product, FirstDecision::recoveryAtMillis))
                .with("recovered_ms", Median.of(product, FirstDecision::recoveredMillis))
                .with("of_that_store_ms", Median.of(product, FirstDecision::storeMillis))
                .with("of_that_log_ms", Median.of(product, FirstDecision::logMillis))
                .with("cpu_ms", Median.of(product, FirstDecision::cpuMillis))
                .with("floor_cpu_ms", Median.of(floor, FirstDecision::cpuMillis))
                .with("first_decision_ms", Median.of(product, FirstDecision::decisionMillis)).with("turns", turns);
    }
}
