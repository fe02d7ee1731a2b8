package io.holdfast.bench;

import io.holdfast.bench.child.ChildMain;
import io.holdfast.bench.child.LiveSet;
import io.holdfast.bench.child.Shapes;
import io.holdfast.bench.measure.BenchResult;
import io.holdfast.bench.measure.Conditions;
import io.holdfast.bench.measure.Figure;
import io.holdfast.bench.measure.Goal;
import io.holdfast.bench.process.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Heap per unfinished two-branch TCC with URLs (the same in all, as participants have them) and 200 bytes of payload for each
 * branch, the payloads taken by a cut: the live set after a full collection with N, minus that with N/2. Floor: what its beginning
 * takes in the log, payloads included.
 */
final class HeapBench implements Benchmark {

    private static final double MOST_BYTES = 1_024;
    private static final Duration LIMIT = Duration.ofMinutes(15);

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public String description() {
        return "heap per unfinished transaction, beside its size in the log";
    }

    @Override
    public List<BenchResult> run(Run run) throws Exception {
        Conditions conditions = Conditions.begin(run.workplace().path());
        Path directory = run.workplace().newDirectory("heap");
        int transactions = run.transactions();
        try (ChildJvm child = run.child(ChildMain.HEAP, directory.toString(), Integer.toString(transactions))) {
            LiveSet.Told told = child.answer(LIMIT, LiveSet.Told.class);
            double bytes = (told.allBytes() - told.halfBytes()) / (double) (transactions - transactions / 2);
            return List.of(BenchResult.ofFigures(name(),
                    new Figure(Shapes.realBytes(), "B", "the beginning of the transaction as it stands in the log"),
                    new Figure(bytes, "B", String.format(Locale.ROOT,
                            "heap per unfinished transaction: live set with %,d minus that with %,d", transactions,
                            transactions / 2)),
                    Goal.under("heap", MOST_BYTES, "B", bytes), conditions.ended())
                    .with("transactions", transactions).with("live_set_bytes", told.allBytes()));
        } finally {
            run.workplace().discard(directory);
        }
    }
}
