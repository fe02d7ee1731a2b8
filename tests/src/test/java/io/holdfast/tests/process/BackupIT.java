package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.components.FreePort;
import io.holdfast.tests.process.Cli.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Backups of a packaged server under load, and servers that start on what was restored. */
class BackupIT {

    private static final long SEED = 20_261_124;
    private static final int BODY_BYTES = 600_000;
    private static final int BODIES = 60;
    private static final int CALLERS = 6;
    private static final int IDS = 500;
    private static final long MEASURED_MILLIS = 700;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 5;
    /** Far more than a healthy machine needs; without a thread of its own the copy would hold up the core for longer. */
    private static final long MOST_P99_MILLIS = 500;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path data;
    @SuppressWarnings("NullAway.Init")
    private Path backups;
    @SuppressWarnings("NullAway.Init")
    private Cli cli;

    @BeforeEach
    void setUp() {
        data = directory.resolve("data");
        backups = directory.resolve("backups");
        cli = new Cli(directory);
    }

    @Test
    void whatWasAcknowledgedBeforeABackupIsThereAfterItsRestore() throws Exception {
        Set<String> issued = new HashSet<>();
        try (ServerProcess server = start(data);
                DtmWire wire = new DtmWire(server.url());
                Participant participant = new Participant(0, call -> 200)) {
            server.awaitListening();
            fill(wire);
            confirm(wire, participant, "before");
            assertThat(wire.post("prepare", DtmWire.transaction("undecided", "tcc")).isSuccess()).isTrue();

            measureWhileABackupRuns(server);

            confirm(wire, participant, "after");
            for (int i = 0; i < IDS; i++) {
                issued.add(newGid(wire));
            }
            server.sigkill();
        }
        Path restored = directory.resolve("restored");
        Outcome restore = cli.run("store", "restore", "--from", backups.resolve("one").toString(), "--data",
                restored.toString());
        assertThat(restore.exitCode()).as(restore.err()).isZero();
        assertThat(restore.out()).contains("every checksum is right",
                "BEWARE: a server on it knows nothing of what happened",
                "docs/operations.md");
        try (ServerProcess server = start(restored); DtmWire wire = new DtmWire(server.url())) {
            server.awaitListening();
            assertThat(wire.status("before")).isEqualTo("succeed");
            assertThat(wire.status("undecided")).isEqualTo("prepared");
            assertThat(wire.status("after")).isEqualTo("unknown");
            for (int i = 0; i < BODIES; i++) {
                assertThat(wire.status("large-" + i)).isEqualTo("prepared");
            }
            for (int i = 0; i < IDS; i++) {
                assertThat(issued).doesNotContain(newGid(wire));
            }
            server.sigterm();
            assertThat(server.awaitEnd()).as(server.said()).isZero();
        }
        Outcome verified = cli.run("store", "verify", "--data", restored.toString());
        assertThat(verified.exitCode()).as(verified.out()).isZero();
        assertRefused("is not empty, it holds [log, store]", backups.resolve("one"), restored);
    }

    /** The latencies of begins without a backup, and of those that were under way while one was taken. */
    private void measureWhileABackupRuns(ServerProcess server) throws Exception {
        try (DtmWire wire = new DtmWire(server.url())) {
            latencies(wire, "warm-up", () -> Eventually.pass(MEASURED_MILLIS));
            List<Long> quiet = latencies(wire, "quiet", () -> Eventually.pass(MEASURED_MILLIS));
            long[] tookMillis = {0};
            List<Long> busy = latencies(wire, "busy", () -> {
                long start = System.nanoTime();
                Outcome backup = backup(server, "one");
                tookMillis[0] = (System.nanoTime() - start) / 1_000_000;
                assertThat(backup.exitCode()).as(backup.err()).isZero();
                assertThat(backup.out()).contains("backup of everything up to entry ",
                        " in " + backups.resolve("one") + ", ");
            });
            System.out.println("BACKUP: of " + size(backups.resolve("one")) + " bytes in " + tookMillis[0]
                    + " ms with the start of the command; begins take ms: without " + summary(quiet) + "; meanwhile "
                    + summary(busy));
            assertThat(percentile(busy, 99)).isLessThan(MOST_P99_MILLIS * 1_000);
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    /** In microseconds, sorted. */
    private static List<Long> latencies(DtmWire wire, String name, Work work) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        ConcurrentLinkedQueue<Long> micros = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Throwable> problems = new ConcurrentLinkedQueue<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            String prefix = name + "-" + i + "-";
            callers.add(Thread.ofVirtual().start(() -> {
                try {
                    for (int n = 0; !stop.get(); n++) {
                        long start = System.nanoTime();
                        assertThat(wire.post("prepare", DtmWire.transaction(prefix + n, "tcc")).isSuccess()).isTrue();
                        micros.add((System.nanoTime() - start) / 1_000);
                    }
                } catch (Exception | AssertionError e) {
                    problems.add(e);
                }
            }));
        }
        try {
            work.run();
        } finally {
            stop.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
        }
        assertThat(problems).isEmpty();
        List<Long> sorted = new ArrayList<>(micros);
        Collections.sort(sorted);
        return sorted;
    }

    private static long percentile(List<Long> sorted, int percent) {
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }

    private static String summary(List<Long> sorted) {
        return String.format("p50 %.1f p99 %.1f max %.1f of %d", percentile(sorted, 50) / 1e3,
                percentile(sorted, 99) / 1e3,
                sorted.getLast() / 1e3, sorted.size());
    }

    @Test
    void killsDuringABackupLeaveAServerThatStartsAndNothingThatPassesForABackup() throws Exception {
        try (ServerProcess server = start(data); DtmWire wire = new DtmWire(server.url())) {
            server.awaitListening();
            fill(wire);
            Process asking = ask(server, "whole");
            Eventually.holds("the backup is begun", LIMIT, () -> Files.exists(incomplete("whole"))
                    || Files.exists(backups.resolve("whole")));
            asking.destroyForcibly().waitFor();
            Eventually.holds("the server completes what the command was killed over", LIMIT,
                    () -> Files.exists(backups.resolve("whole/BACKUP")));

            String name = killDuringABackup(server);
            assertRefused("is no backup, or one that was never completed", incomplete(name),
                    directory.resolve("restored"));

            server.startAgain();
            server.awaitListening();
            assertThat(data.resolve("store/aside")).doesNotExist();
            assertThat(wire.status("large-" + (BODIES - 1))).isEqualTo("prepared");
            Outcome again = backup(server, name);
            assertThat(again.exitCode()).as(again.err()).isZero();
            assertThat(incomplete(name)).doesNotExist();
            assertThat(data.resolve("store/aside")).doesNotExist();
        }
        Outcome restore = cli.run("store", "restore", "--from", backups.resolve("whole").toString(), "--data",
                directory.resolve("restored").toString());
        assertThat(restore.exitCode()).as(restore.err()).isZero();
        assertThat(restore.out()).contains("with " + BODIES + " unfinished transactions");
    }

    /** A fast machine may be done before the kill; then it is tried again with another name. */
    private String killDuringABackup(ServerProcess server) throws Exception {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String name = "killed-" + attempt;
            Process asking = ask(server, name);
            Eventually.holds("the backup copies", LIMIT, () -> Files.exists(incomplete(name).resolve("store"))
                    || Files.exists(backups.resolve(name)));
            server.sigkill();
            asking.waitFor();
            if (Files.exists(incomplete(name))) {
                assertThat(backups.resolve(name)).doesNotExist();
                assertThat(Files.readString(directory.resolve(name + ".err")))
                        .contains("no answer from " + server.url());
                return name;
            }
            server.startAgain();
            server.awaitListening();
        }
        throw new AssertionError("no kill came while a backup was copied");
    }

    private Process ask(ServerProcess server, String name) throws Exception {
        return cli.start(directory.resolve(name + ".out"), directory.resolve(name + ".err"), "store", "backup",
                "--server",
                server.url(), "--name", name);
    }

    private Path incomplete(String name) {
        return backups.resolve(name + ".incomplete");
    }

    @Test
    void aFullDiskEndsTheBackupAndNotTheServer() throws Exception {
        assertThat(backups.toFile().mkdir()).isTrue();
        try (SmallDisk disk = SmallDisk.mount(backups, 20);
                ServerProcess server = start(data);
                DtmWire wire = new DtmWire(server.url())) {
            server.awaitListening();
            fill(wire);
            Outcome refused = backup(server, "one");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("the backup failed: no room for the backup", "the disk of " + backups);
            assertThat(backups).isEmptyDirectory();
            assertThat(data.resolve("store/aside")).doesNotExist();
            assertThat(wire.post("prepare", DtmWire.transaction("goes-on", "tcc")).isSuccess()).isTrue();

            disk.grow(200);
            Outcome taken = backup(server, "one");
            assertThat(taken.exitCode()).as(taken.err()).isZero();
        }
    }

    private ServerProcess start(Path place) throws Exception {
        // The reserve would count for backups on the same disk too, and not every machine has it.
        Path config = Files.writeString(directory.resolve("config.yaml"), "store:\n  minFreeBytes: 0\n");
        return ServerProcess.start(place, FreePort.choose(), "--backups", backups.toString(), "--config",
                config.toString());
    }

    private Outcome backup(ServerProcess server, String name) throws Exception {
        return cli.run("store", "backup", "--server", server.url(), "--name", name);
    }

    private void assertRefused(String why, Path from, Path to) throws Exception {
        Outcome refused = cli.run("store", "restore", "--from", from.toString(), "--data", to.toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains(why);
    }

    /** Unfinished transactions with bodies that do not compress, so that a backup takes its time. */
    private static void fill(DtmWire wire) throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < BODIES; i++) {
            byte[] noise = new byte[BODY_BYTES];
            random.nextBytes(noise);
            String gid = "large-" + i;
            assertThat(wire.post("prepare", DtmWire.transaction(gid, "tcc").put("timeout_to_fail", 3_600)).isSuccess())
                    .isTrue();
            assertThat(wire.post("registerBranch", DtmWire.branch(gid, "01", "http://127.0.0.1:1").put("data",
                    Base64.getEncoder().encodeToString(noise))).isSuccess()).isTrue();
        }
    }

    private static void confirm(DtmWire wire, Participant participant, String gid) throws Exception {
        assertThat(wire.post("prepare", DtmWire.transaction(gid, "tcc")).isSuccess()).isTrue();
        assertThat(wire.post("registerBranch", DtmWire.branch(gid, "01", participant.url())).isSuccess()).isTrue();
        assertThat(wire.post("submit", DtmWire.transaction(gid, "tcc").put("wait_result", true)).isSuccess()).isTrue();
    }

    private static String newGid(DtmWire wire) throws Exception {
        return wire.get("newGid").json().path("gid").asText();
    }

    private static long size(Path place) throws Exception {
        try (var files = Files.walk(place)) {
            return Arrays.stream(files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).toArray())
                    .sum();
        }
    }
}
