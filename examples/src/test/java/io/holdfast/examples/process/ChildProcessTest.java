package io.holdfast.examples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
    private static final Duration WAIT = Duration.ofSeconds(30);

    @TempDir
    private Path parent;

    @Test
    void aPortThatAnEarlierProcessOfTheSameNamePrintedIsNotTaken() throws Exception {
        try (WorkDirectory directory = WorkDirectory.create(parent)) {
            ChildProcess first = start(directory, "echo listening 1; exec sleep 600");
            assertThat(first.awaitListening(WAIT)).isEqualTo(1);
            first.kill();

            ChildProcess second = start(directory, "sleep 0.2; echo listening 2; exec sleep 600");
            assertThat(second.awaitListening(WAIT)).isEqualTo(2);
        }
    }

    @Test
    void whoEndsBeforeItListensIsNamedWithItsLastWords() throws Exception {
        try (WorkDirectory directory = WorkDirectory.create(parent)) {
            ChildProcess child = start(directory, "echo no room here; exit 3");

            assertThatThrownBy(() -> child.awaitListening(WAIT)).isInstanceOf(IOException.class)
                    .hasMessageContainingAll("child", "exit code 3", "no room here");
        }
    }

    private static ChildProcess start(WorkDirectory directory, String script) throws IOException {
        return ChildProcess.start("child", new ProcessBuilder("sh", "-c", script), directory);
    }
}
