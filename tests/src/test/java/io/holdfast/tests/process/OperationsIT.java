package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.component.Components;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/operations.md as they stand there, in the order of a bad day. */
class OperationsIT {

    private static final Path PAGE = Path.of(System.getProperty("holdfast.root", ".."), "docs/operations.md");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path place;

    @SuppressWarnings("NullAway.Init") // set before each test
    private DocumentShell shell;
    private Map<String, String> blocks = Map.of();

    @BeforeEach
    void openTheShell() throws IOException {
        shell = new DocumentShell(place);
        blocks = DocumentShell.blocks(PAGE, "operations");
    }

    @AfterEach
    void closeTheShell() {
        shell.close();
    }

    @Test
    void everyBlockOfCommandsIsTestedHere() {
        assertThat(blocks.keySet()).containsExactlyInAnyOrder("dump", "verify", "server", "backup", "sums", "restore",
                "careful", "stopped", "./holdfast log dump\n");
    }

    @Test
    void aServerIsLookedIntoBackedUpLostAndRestored() throws Exception {
        Components.require("install coreutils", "sha256sum");
        AtomicInteger calls = new AtomicInteger();
        try (Participant participant = new Participant(0, call -> {
            calls.incrementAndGet();
            return 500;
        })) {
            Process first = start("server");
            try (DtmWire wire = new DtmWire(shell.url())) {
                decide(wire, participant.url());
                toTheEnd("backup");
                toTheEnd("sums");
                assertThat(wire.post("prepare", DtmWire.transaction("order-2", "tcc")).isSuccess()).isTrue();
            }
            DocumentShell.end(first);
            assertThat(toTheEnd("dump")).contains("\torder-1\tdecide confirm\n");
            assertThat(place.resolve("dump.bin")).isNotEmptyFile();
            assertThat(Files.readString(place.resolve("dump.json"))).contains("\"order-2\"");
            assertThat(toTheEnd("./holdfast log dump\n")).contains("\torder-2\tbegin TCC");
            assertThat(toTheEnd("verify")).contains("All is well");
            DocumentShell.stop(start("server"));
            assertThat(toTheEnd("stopped")).contains("backup of everything up to entry ", "backups/stopped");
            assertThat(toTheEnd("restore")).contains("every checksum is right", "BEWARE", "All is well");

            Process careful = start("careful");
            int before = calls.get();
            try (DtmWire wire = new DtmWire(shell.url())) {
                assertThat(wire.status("order-1")).isEqualTo("submitted");
                assertThat(wire.status("order-2")).isEqualTo("unknown");
                assertThat(wire.all("status=submitted")).hasSize(1);
                Eventually.pass(1_500);
                assertThat(calls).as("calls to a participant that is not allowed").hasValue(before);
                assertThat(wire.post("forceStop", DtmWire.object().put("gid", "order-1")).isSuccess()).isTrue();
                assertThat(wire.unfinished()).isEmpty();
            }
            DocumentShell.end(careful);
        }
    }

    /** Decided, and its participant does not do it. */
    private static void decide(DtmWire wire, String participant) throws Exception {
        assertThat(wire.post("prepare", DtmWire.transaction("order-1", "tcc")).isSuccess()).isTrue();
        assertThat(wire.post("registerBranch", DtmWire.branch("order-1", "01", participant)).isSuccess()).isTrue();
        assertThat(wire.post("submit", DtmWire.transaction("order-1", "tcc")).isSuccess()).isTrue();
    }

    private Process start(String block) throws Exception {
        Process server = shell.run(block, command(block));
        Eventually.holds("the server listens", LIMIT, () -> shell.listens(server, block));
        return server;
    }

    private String toTheEnd(String block) throws Exception {
        Process process = shell.run("block", "set -e\n" + command(block));
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("%s ends", block).isTrue();
        assertThat(process.exitValue()).as("%s said: %s", block, shell.said("block")).isZero();
        return shell.said("block");
    }

    private String command(String block) {
        String command = blocks.get(block);
        if (command == null) {
            throw new AssertionError("the page has no block " + block + ", only " + blocks.keySet());
        }
        return command;
    }
}
