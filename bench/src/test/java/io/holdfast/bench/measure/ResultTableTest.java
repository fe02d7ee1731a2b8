package io.holdfast.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTableTest {

    private static final Conditions CONDITIONS = new Conditions(
            new Machine(2, 1 << 30, "ext4", "/ (/dev/vda)", "25", 1 << 28), new SyncTime(130, 250), 0.5, 1.5);
    private static final BenchResult REACHED = BenchResult.ofFigures("heap", new Figure(400, "B", "in the log"),
            new Figure(800, "B", "in the heap"), Goal.under("heap", 1_024, "B", 800), CONDITIONS)
            .with("transactions", 10);
    private static final BenchResult MISSED = BenchResult.ofTurns("calls", "bare", "as Sagas",
            Turns.of(List.of(new Measured(1_000, 1, 2, 3, 4)), List.of(new Measured(500, 10, 20, 30, 40))),
            Goal.ratioAtLeast(0.7, 0.5), CONDITIONS);

    @TempDir
    private Path directory;

    @Test
    void theTableSaysWhatWasMeasuredAndWhetherTheGoalIsReached() {
        StringWriter text = new StringWriter();
        ResultTable.print(List.of(REACHED, MISSED), new PrintWriter(text));
        assertThat(text.toString()).containsPattern("heap +400 B +800 B +2\\.00 +heap under 1,024 B +reached")
                .containsPattern("calls +1,000/s +500/s +0\\.50 +ratio at least 0\\.70 +NOT reached")
                .contains("in the log", "in the heap",
                        "disk sync p50 130 us, p99 250 us; load 0.50 before, 1.50 after");
    }

    @Test
    void theJsonHasARowALineWithTheSame() throws Exception {
        Path file = directory.resolve("bench.json");
        ResultTable.write(List.of(REACHED, MISSED), file);
        assertThat(Files.readAllLines(file)).hasSize(4);
        JsonNode rows = new ObjectMapper().readTree(file.toFile());
        assertThat(rows.get(0).path("p50_us").isNull()).isTrue();
        assertThat(rows.get(0).path("reached").asBoolean()).isTrue();
        JsonNode calls = rows.get(1);
        assertThat(calls.path("name").asText()).isEqualTo("calls");
        assertThat(calls.path("floor").asDouble()).isEqualTo(1_000);
        assertThat(calls.path("product").asDouble()).isEqualTo(500);
        assertThat(calls.path("ratio").asDouble()).isEqualTo(0.5);
        assertThat(calls.path("p50_us").asDouble()).isEqualTo(10);
        assertThat(calls.path("p99_us").asDouble()).isEqualTo(20);
        assertThat(calls.path("cpu_us").asDouble()).isEqualTo(40);
        assertThat(calls.path("reached").asBoolean(true)).isFalse();
        assertThat(calls.path("sync_p50_us").asDouble()).isEqualTo(130);
        assertThat(calls.path("load_end").asDouble()).isEqualTo(1.5);
    }
}
