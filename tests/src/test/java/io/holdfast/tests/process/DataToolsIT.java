package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.components.FreePort;
import io.holdfast.tests.process.Cli.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code log dump} and {@code store verify}, on what a packaged server has written and while it writes. */
class DataToolsIT {

    private static final int CLIENTS = 8;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path data;
    @SuppressWarnings("NullAway.Init")
    private Cli cli;

    @BeforeEach
    void setUp() {
        data = directory.resolve("data");
        cli = new Cli(directory);
    }

    @Test
    void theyReadWhatAServerWritesAndLeaveItAsItIs() throws Exception {
        long seed = ThreadLocalRandom.current().nextInt(1_000_000);
        try (ServerProcess server = ServerProcess.start(data, FreePort.choose());
                Crowd crowd = new Crowd(server.url(), CLIENTS, seed)) {
            server.awaitListening();
            Eventually.holds("clients are at work", Duration.ofSeconds(30), () -> crowd.acknowledged() > CLIENTS);

            Outcome running = cli.run("log", "dump", "--data", data.toString());
            assertThat(running.exitCode()).as("seed=%d %s", seed, running.err()).isZero();
            assertThat(running.err()).contains("a server runs on this log; the last entry was left out");
            assertThat(running.out().lines().findFirst()).get().asString().endsWith("\t-\tboot 1");
            Outcome refused = cli.run("store", "verify", "--data", data.toString());
            assertThat(refused.exitCode()).isEqualTo(3);
            assertThat(refused.err()).contains("is in use by process " + server.pid());

            server.sigkill();
            Map<Path, String> before = Contents.of(data);
            Outcome dumped = cli.run("log", "dump", "--data", data.toString());
            assertThat(dumped.exitCode()).as(dumped.err()).isZero();
            assertThat(dumped.out()).startsWith(running.out());
            Outcome verified = cli.run("store", "verify", "--data", data.toString());
            assertThat(verified.exitCode()).as("seed=%d %s%s", seed, verified.out(), verified.err()).isZero();
            assertThat(verified.out()).contains("All is well", " log entries, of ",
                    " unfinished transactions after entry ");
            assertThat(Contents.of(data)).isEqualTo(before);

            server.startAgain();
            server.awaitListening();
            crowd.settle();
            assertThat(crowd.violations()).as("seed=%d", seed).isEmpty();
            server.sigterm();
            assertThat(server.awaitEnd()).isZero();
        }
        verifyFindsAFlippedBit(seed);
    }

    private void verifyFindsAFlippedBit(long seed) throws Exception {
        Outcome good = cli.run("store", "verify", "--data", data.toString());
        assertThat(good.exitCode()).as("seed=%d %s%s", seed, good.out(), good.err()).isZero();
        assertThat(good.out()).containsPattern("\n[1-9]\\d* archived transactions\n");
        Path table = largestTable();
        byte[] bytes = Files.readAllBytes(table);
        bytes[ThreadLocalRandom.current().nextInt(bytes.length)] ^= 8;
        Files.write(table, bytes);
        Map<Path, String> before = Contents.of(data);
        Outcome damaged = cli.run("store", "verify", "--data", data.toString());
        assertThat(damaged.exitCode()).as(damaged.out()).isEqualTo(1);
        assertThat(damaged.out()).contains("DAMAGED table " + table + ": ", "Something is damaged: see above");
        assertThat(Contents.of(data)).isEqualTo(before);
    }

    private Path largestTable() throws Exception {
        try (Stream<Path> files = Files.list(data.resolve("store/rocksdb"))) {
            List<Path> tables = files.filter(file -> file.toString().endsWith(".sst")).toList();
            Path largest = tables.getFirst();
            for (Path table : tables) {
                largest = Files.size(table) > Files.size(largest) ? table : largest;
            }
            return largest.toRealPath();
        }
    }
}
