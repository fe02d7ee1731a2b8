package io.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class InterruptIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    /** SIGTERM, because a signal from the keyboard takes the same way. */
    @Test
    void whoeverInterruptsABenchmarkFindsNeitherProcessesNorFiles() throws Exception {
        Process bench = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), PackagedServer.class.getName(), "bench", "--only",
                "dtm-saga", "--dir", directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        List<ProcessHandle> children;
        try (BufferedReader lines = bench.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.lines().anyMatch(line -> line.contains("dtm-saga: 1 caller"))).as("the server runs")
                    .isTrue();
            children = bench.descendants().toList();
            assertThat(children).isNotEmpty();
            bench.destroy();
            assertThat(bench.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            bench.destroyForcibly();
        }
        children.forEach(child -> assertThat(child.onExit()).succeedsWithin(LIMIT));
        assertThat(directory).isEmptyDirectory();
    }
}
