package io.holdfast.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.bench.child.ChildMain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ChildJvmTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void aChildThatFailsIsReportedWithItsLastWords() throws Exception {
        try (Workplace workplace = Workplace.create(directory);
                ChildJvm child = start(workplace, "nobody")) {
            assertThatThrownBy(() -> child.await(LIMIT)).isInstanceOf(ChildFailed.class)
                    .hasMessageContaining("exit code 1").hasMessageContaining("no child is called nobody");
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aServerThatDoesNotStartIsReportedWithItsLastWords() throws Exception {
        try (Workplace workplace = Workplace.create(directory)) {
            Path data = Files.createFile(workplace.path().resolve("no-directory"));
            try (ServerJvm server = ServerJvm.start(workplace, new ServerJvm.Start(
                    "io.holdfast.bench.PackagedServer", data, List.of()))) {
                assertThatThrownBy(server::awaitListening).isInstanceOf(ChildFailed.class)
                        .hasMessageContaining("exit code 3").hasMessageContaining("no-directory");
            }
        }
    }

    @Test
    void closingTheWorkplaceEndsWhatStillRunsThere() throws Exception {
        long pid;
        try (Workplace workplace = Workplace.create(directory)) {
            ChildJvm child = start(workplace, ChildMain.PARTICIPANT);
            assertThat(child.await(LIMIT).asInt()).isPositive();
            pid = child.pid();
        }
        assertThat(directory).isEmptyDirectory();
        ProcessHandle.of(pid)
                .ifPresent(left -> assertThat(left.onExit().orTimeout(30, TimeUnit.SECONDS)).succeedsWithin(
                        LIMIT));
    }

    private static ChildJvm start(Workplace workplace, String role) throws Exception {
        return ChildJvm.start(workplace, ChildMain.class.getName(), List.of(role), line -> {
        });
    }
}
