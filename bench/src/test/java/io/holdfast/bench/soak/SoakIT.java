package io.holdfast.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.bench.process.Workplace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class SoakIT {

    /** Far too short for a verdict on the disk. */
    private static final SoakPlan PLAN = new SoakPlan(4, 50, 1_000, 1_000, 4);

    @TempDir
    private Path directory;

    @Test
    void theLoadIsDoneTheUnfinishedSurviveAndEverySampleIsInTheFile() throws Exception {
        Path csv = directory.resolve("soak.csv");
        SoakVerdict verdict;
        try (Workplace workplace = Workplace.create(directory)) {
            verdict = new Soak(PLAN, workplace, "io.holdfast.bench.PackagedServer", line -> {
            }).run(csv);
        }
        assertThat(verdict.lines()).contains("ok       0 of 200 transactions failed",
                "ok       200 of 200 transactions were done",
                "ok       4 of 4 unfinished transactions are there at the end",
                "ok       4 of 4 unfinished transactions are there after the restart");
        List<String> lines = Files.readAllLines(csv);
        assertThat(lines).hasSize(5).first().isEqualTo(SoakSample.CSV_HEADER);
        String[] last = lines.getLast().split(",", -1);
        assertThat(last).hasSameSizeAs(SoakSample.CSV_HEADER.split(",", -1));
        assertThat(Long.parseLong(last[6])).as("log bytes").isPositive();
        // More than the file that names the store: the database lies in a folder below.
        assertThat(Long.parseLong(last[7])).as("store bytes").isGreaterThan(1_000);
        assertThat(Long.parseLong(last[8])).as("heap bytes").isPositive();
        assertThat(Long.parseLong(last[9])).as("resident bytes").isPositive();
        assertThat(Long.parseLong(last[10])).as("unfinished").isGreaterThanOrEqualTo(4);
    }
}
