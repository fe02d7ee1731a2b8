package io.holdfast.examples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkDirectoryTest {
    private static final String NO_SUCH_PROCESS = "4194303 1";

    @TempDir
    private Path parent;

    private Process child;

    @BeforeEach
    void startChild() throws IOException {
        child = new ProcessBuilder("sleep", "600").start();
    }

    @AfterEach
    void endChild() {
        child.destroyForcibly();
    }

    @Test
    void closingEndsTheProcessesAndDeletesEverything() throws Exception {
        WorkDirectory directory = WorkDirectory.create(parent);
        directory.adopt(child.toHandle());
        Files.createDirectories(directory.resolve("a/b"));
        directory.close();

        assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void whatAKilledRunLeftBehindIsSweptByTheNext() throws Exception {
        WorkDirectory orphan = WorkDirectory.create(parent);
        orphan.adopt(child.toHandle());
        Files.writeString(orphan.resolve("owner"), NO_SUCH_PROCESS);
        WorkDirectory.sweepOrphans(parent);

        assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void aRunThatIsStillGoingIsLeftAlone() throws Exception {
        WorkDirectory running = WorkDirectory.create(parent);
        running.adopt(child.toHandle());
        WorkDirectory.sweepOrphans(parent);

        assertThat(child.isAlive()).isTrue();
        assertThat(running.directory()).isDirectory();
    }

    @Test
    void aProcessThatOnlyHasTheSameNumberIsLeftAlone() throws Exception {
        WorkDirectory directory = WorkDirectory.create(parent);
        Files.writeString(directory.resolve("processes"), child.pid() + " 1\n");
        directory.close();

        assertThat(child.isAlive()).isTrue();
    }

    @Test
    void nothingJoinsARunThatHasEnded() throws Exception {
        WorkDirectory directory = WorkDirectory.create(parent);
        directory.close();

        assertThatThrownBy(() -> directory.adopt(child.toHandle())).isInstanceOf(IOException.class);
    }
}
