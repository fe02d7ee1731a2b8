package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.components.PostgresServer;
import io.holdfast.testkit.component.Components;
import io.holdfast.testkit.component.MariaDbServer;
import io.holdfast.testkit.component.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/demo.md as they stand there, on what this build has packaged. */
class DemoPageIT {
    private static final Path ROOT = Path.of(System.getProperty("holdfast.root", "..")).toAbsolutePath();
    private static final Path PAGE = ROOT.resolve("docs/demo.md");
    private static final long LIMIT_SECONDS = 240;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path place;

    private Map<String, String> blocks = Map.of();
    @SuppressWarnings("NullAway.Init") // set before each test
    private DocumentShell shell;

    @BeforeEach
    void openTheShell() throws IOException {
        shell = new DocumentShell(place);
        shell.script("scripts/components.sh", "exec '" + ROOT.resolve("scripts/components.sh") + "'");
        blocks = DocumentShell.blocks(PAGE, "demo");
    }

    @AfterEach
    void closeTheShell() {
        shell.close();
    }

    @Test
    void everyBlockIsTestedHereAndThereIsNoSql() throws IOException {
        assertThat(blocks.keySet()).containsExactlyInAnyOrder("short", "group", "real");
        assertThat(DocumentShell.blocks(PAGE, "demo", "sql")).isEmpty();
    }

    /** The check of a new machine ends with a longer run of the same. */
    @Test
    @EnabledIfSystemProperty(named = "holdfast.longDemo", matches = "true", disabledReason = "takes a minute: -Dholdfast.longDemo=true")
    void aShortRunKeepsItsPromises() throws Exception {
        JsonNode report = run("short");

        assertThat(report.path("verdict").asText()).as("%s", report).isEqualTo("ok");
        assertThat(report.path("coordinator").path("kills").asInt()).isEqualTo(1);
    }

    /** A dozen processes: too much beside other tests. */
    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = "needs the machine for itself: -Dholdfast.longCluster=true")
    void aRunOnAGroupWithWorkersKeepsItsPromises() throws Exception {
        JsonNode report = run("group");

        assertThat(report.path("verdict").asText()).as("%s", report).isEqualTo("ok");
        assertThat(report.path("coordinator").path("kills").asInt()).isEqualTo(1);
        assertThat(report.path("details").path("workerKills").asInt()).isEqualTo(1);
    }

    @Test
    void aRunOnTheDatabasesOfTheMachineKeepsItsPromises() throws Exception {
        MariaDbServer.require();
        RedisServer.require();
        Components.require(PostgresServer.programs());
        Components.python("psycopg2");

        JsonNode report = run("real");

        assertThat(report.path("verdict").asText()).as("%s", report).isEqualTo("ok");
        assertThat(report.path("coordinator").path("kills").asInt()).isEqualTo(1);
        assertThat(shell.said("real")).contains("components: all present", "order service", "jdbc:mariadb:",
                "in Redis");
    }

    private JsonNode run(String block) throws Exception {
        Process process = shell.run(block, "set -e\n" + blocks.getOrDefault(block, "exit 1"));
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("%s ends: %s", block, shell.said(block))
                .isTrue();
        assertThat(process.exitValue()).as("%s said: %s", block, shell.said(block)).isZero();
        return new ObjectMapper().readTree(Files.readString(place.resolve("report.json")));
    }
}
