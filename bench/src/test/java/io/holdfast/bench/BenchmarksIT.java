package io.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.bench.measure.BenchResult;
import io.holdfast.bench.process.Workplace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each benchmark once, so short that figures mean nothing: they must be there, and in order. */
@Timeout(240)
class BenchmarksIT {

    private static final int SECONDS = 1;
    private static final int TRANSACTIONS = 4_000;

    @TempDir
    private Path directory;

    @Test
    void commands() throws Exception {
        BenchResult row = only(run(new CommandsBench()));
        assertThat(row.name()).isEqualTo("commands");
        assertRates(row);
    }

    @Test
    void group() throws Exception {
        BenchResult row = only(run(new GroupBench()));
        assertThat(row.name()).isEqualTo("group");
        assertRates(row);
        assertThat(row.goal()).isNotNull();
        assertThat(number(row, "single_per_s")).isPositive();
        assertThat(number(row, "ratio_to_single")).isPositive();
    }

    @Test
    void dtmSaga() throws Exception {
        List<BenchResult> rows = run(new DtmSagaBench(List.of(1)));
        assertThat(rows).extracting(BenchResult::name).containsExactly("dtm-saga-1");
        rows.forEach(BenchmarksIT::assertRates);
        assertThat(rows.getFirst().goal()).isNotNull();
    }

    @Test
    void calls() throws Exception {
        BenchResult row = only(run(new CallsBench()));
        assertRates(row);
        assertThat(row.goal()).isNotNull();
    }

    @Test
    void restart() throws Exception {
        BenchResult row = only(run(new RestartBench(1, false)));
        assertThat(row.floor().value()).isPositive();
        assertThat(row.product().value()).isPositive();
        assertThat(number(row, "recovered_ms")).isPositive();
        assertThat(number(row, "port_open_ms")).isPositive();
        assertThat(number(row, "of_that_store_ms") + number(row, "of_that_log_ms")).isEqualTo(
                number(row, "recovered_ms"));
        assertThat(number(row, "recovery_at_ms")).isPositive();
        assertThat(number(row, "first_decision_ms")).isPositive();
        assertThat(row.details().get("tail_transactions")).isInstanceOf(Integer.class).isNotEqualTo(0);
    }

    @Test
    void heap() throws Exception {
        BenchResult row = only(run(new HeapBench()));
        // Two branches with four URLs and 400 bytes of payload.
        assertThat(row.floor().value()).isBetween(500.0, 2_000.0);
        assertThat(row.product().value()).isBetween(200.0, 5_000.0);
    }

    @Test
    void timer() throws Exception {
        List<BenchResult> rows = run(new TimerBench());
        assertThat(rows).extracting(BenchResult::name).containsExactly("timer", "timer-cpu");
        assertThat(number(rows.getFirst(), "max_us")).isPositive().isLessThan(30_000_000);
        assertThat(number(rows.getFirst(), "p99_us")).isLessThanOrEqualTo(number(rows.getFirst(), "max_us"));
        assertThat(rows.getLast().product().value()).isPositive().isLessThan(400);
        assertThat(rows.getLast().details()).containsKeys("percent_core", "percent_log", "percent_store");
    }

    private List<BenchResult> run(Benchmark benchmark) throws Exception {
        List<String> said = new ArrayList<>();
        List<BenchResult> rows;
        try (Workplace workplace = Workplace.create(directory)) {
            rows = benchmark.run(new Run(workplace, PackagedServer.class.getName(), SECONDS, TRANSACTIONS, said::add));
            assertThat(workplace.path().resolve(benchmark.name() + "-1")).doesNotExist();
        }
        assertThat(said).isNotEmpty();
        assertThat(directory).isEmptyDirectory();
        return rows;
    }

    private static BenchResult only(List<BenchResult> rows) {
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    private static void assertRates(BenchResult row) {
        assertThat(row.floor().value()).isPositive();
        assertThat(row.product().value()).isPositive();
        assertThat(row.ratio()).isEqualTo(row.product().value() / row.floor().value());
        assertThat(number(row, "p50_us")).isPositive().isLessThanOrEqualTo(number(row, "p99_us"));
        assertThat(number(row, "cpu_us")).isPositive();
        assertThat(number(row, "floor_cpu_us")).isPositive();
        assertThat(row.json()).containsKeys("name", "floor", "product", "ratio", "p50_us", "p99_us", "goal", "reached",
                "sync_p50_us", "load_start", "load_end", "file_system", "warm_up_ms");
    }

    private static double number(BenchResult row, String key) {
        return row.details().get(key) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
