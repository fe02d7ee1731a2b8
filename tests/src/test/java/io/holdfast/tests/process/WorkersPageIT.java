package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.component.Components;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands and the configuration of docs/workers.md as they stand there. */
class WorkersPageIT {

    private static final Path PAGE = Path.of(System.getProperty("holdfast.root", ".."), "docs/workers.md");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String DEFAULT_PORT = "36789";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path place;

    @SuppressWarnings("NullAway.Init") // set before each test
    private DocumentShell shell;
    private Map<String, String> blocks = Map.of();

    @BeforeEach
    void openTheShell() throws IOException {
        Components.require("install curl", "curl");
        shell = new DocumentShell(place);
        blocks = DocumentShell.blocks(PAGE, "workers");
        assertThat(blocks.keySet()).as("all are tested here").containsExactly("try", "look");
    }

    @AfterEach
    void closeTheShell() {
        shell.close();
    }

    /** The block with the port of the server of this test. */
    private String block(String name) {
        String text = String.valueOf(blocks.get(name));
        assertThat(text).contains(DEFAULT_PORT);
        return text.replace(DEFAULT_PORT, Integer.toString(shell.port));
    }

    private void awaitWorkers(int number) throws Exception {
        Eventually.holds("there are " + number + " workers", LIMIT,
                () -> look().contains("holdfast_workers " + number + ".0\n"));
    }

    private String look() throws Exception {
        shell.run("look", block("look")).waitFor();
        return shell.said("look");
    }

    @Test
    void aWorkerComesAndLeaves() throws Exception {
        Process server = shell.run("server", "exec ./holdfast server");
        Eventually.holds("the server listens", LIMIT, () -> shell.listens(server, "server"));
        Process worker = shell.run("try", "exec " + block("try"));
        awaitWorkers(1);
        assertThat(look()).contains("\"name\":\"w1\"");
        worker.destroy();
        assertThat(worker.waitFor()).as("it said: %s", shell.said("try")).isZero();
        awaitWorkers(0);
    }

    @Test
    void aServerStartsWorkersOfItsOwnAndTheyEndWithItHoweverItEnds() throws Exception {
        String yaml = DocumentShell.blocks(PAGE, "workers", "yaml").values().iterator().next();
        Files.writeString(place.resolve("holdfast.yaml"), yaml);
        Process server = shell.run("server", "exec ./holdfast server --config holdfast.yaml");
        Eventually.holds("the server listens", LIMIT, () -> shell.listens(server, "server"));
        awaitWorkers(2);
        var workers = server.descendants().toList();
        assertThat(workers).hasSize(2);
        server.destroyForcibly().waitFor();
        Eventually.holds("they have ended", LIMIT, () -> workers.stream().noneMatch(ProcessHandle::isAlive));
    }
}
