package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.components.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What an operator can do to a server: stop it, start it twice, let its disk run full. */
class ServerFaultsIT {

    private static final int CLIENTS = 16;
    /** One segment of the log and a part of the next. */
    private static final int SMALL_MEBIBYTES = 90;
    private static final int ENOUGH_MEBIBYTES = 400;
    /** One segment, what the server keeps free, and some. */
    private static final int ROOMY_MEBIBYTES = 450;
    private static final int FILLER_BYTES = 150 << 20;
    private static final int FILLERS = 4;
    private static final int FILLING_BYTES = 900_000;
    /** Of a stop while nobody waits for the end of a transaction; on a machine that does nothing else it takes two seconds. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    @Test
    void aSecondServerOnTheSameDirectoryIsRefusedAndHarmsNothing() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), FreePort.choose())) {
            server.awaitListening();
            try (DtmWire wire = new DtmWire(server.url()); ServerProcess rival = server.rival()) {
                assertThat(wire.post("prepare", DtmWire.transaction("first", "tcc")).isSuccess()).isTrue();

                assertThat(rival.awaitEnd()).isEqualTo(1);

                assertThat(rival.said()).contains("holdfast server: ", "is in use by process " + server.pid(),
                        "use another directory");
                assertThat(wire.post("prepare", DtmWire.transaction("second", "tcc")).isSuccess()).isTrue();
            }
            server.sigkill();
            server.startAgain();
            server.awaitListening();
            try (DtmWire wire = new DtmWire(server.url())) {
                assertThat(wire.status("first")).isEqualTo("prepared");
                assertThat(wire.status("second")).isEqualTo("prepared");
            }
        }
    }

    @Test
    void aLogThatIsGoneIsNotTakenForANewOne() throws Exception {
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, FreePort.choose())) {
            server.awaitListening();
            try (DtmWire wire = new DtmWire(server.url())) {
                assertThat(wire.post("prepare", DtmWire.transaction("first", "tcc")).isSuccess()).isTrue();
            }
            server.sigkill();
            Path segment = data.resolve("log").resolve("log-000.seg");
            Path aside = directory.resolve("aside");
            Files.move(segment, aside);
            server.startAgain();
            assertThat(server.awaitEnd()).isEqualTo(1);
            assertThat(server.said()).contains("there is no file log-000.seg",
                    "the store holds what entries up to 1 did");

            Files.move(aside, segment, StandardCopyOption.REPLACE_EXISTING);
            server.startAgain();
            server.awaitListening();
            try (DtmWire wire = new DtmWire(server.url())) {
                assertThat(wire.status("first")).isEqualTo("prepared");
            }
        }
    }

    @Test
    void aDiskThatIsNearlyFullTakesDecisionsButNothingNew() throws Exception {
        Path mountPoint = directory.resolve("small");
        assertThat(mountPoint.toFile().mkdir()).isTrue();
        try (SmallDisk disk = SmallDisk.mount(mountPoint, ROOMY_MEBIBYTES);
                ServerProcess server = ServerProcess.start(mountPoint.resolve("data"), FreePort.choose())) {
            server.awaitListening();
            try (DtmWire wire = new DtmWire(server.url())) {
                assertThat(wire.post("prepare", DtmWire.transaction("first", "tcc")).isSuccess()).isTrue();
                Path filler = mountPoint.resolve("filler");
                Files.write(filler, new byte[FILLER_BYTES]);
                Eventually.holds("nothing new is taken", Duration.ofSeconds(10),
                        () -> wire.post("prepare", DtmWire.transaction("second", "tcc")).status() == 429);
                assertThat(wire.post("submit", DtmWire.transaction("first", "tcc")).isSuccess()).isTrue();
                assertThat(wire.status("first")).isEqualTo("succeed");
                Files.delete(filler);
                Eventually.holds("it is taken again", Duration.ofSeconds(10),
                        () -> wire.post("prepare", DtmWire.transaction("third", "tcc")).isSuccess());
            }
        }
    }

    @Test
    void nothingAcknowledgedIsLostWhenTheDiskRunsFull() throws Exception {
        Path mountPoint = directory.resolve("small");
        assertThat(mountPoint.toFile().mkdir()).isTrue();
        // With nothing kept free, so that it really runs full.
        Path config = Files.writeString(directory.resolve("config.yaml"), "store:\n  minFreeBytes: 0\n");
        Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
        try (SmallDisk disk = SmallDisk.mount(mountPoint, SMALL_MEBIBYTES);
                ServerProcess server = ServerProcess.start(mountPoint.resolve("data"), FreePort.choose(), "--config",
                        config.toString())) {
            server.awaitListening();
            fillUntilItEnds(server, acknowledged);
            assertThat(server.awaitEnd()).as("said: %s", server.said()).isEqualTo(1);
            assertThat(server.said()).contains("holdfast server: the engine failed", "No space left on device",
                    mountPoint.toString());
            assertThat(acknowledged).as("it took something before").hasSizeGreaterThan(FILLERS);

            disk.grow(ENOUGH_MEBIBYTES);
            server.startAgain();
            server.awaitListening();

            try (DtmWire wire = new DtmWire(server.url())) {
                for (String gid : acknowledged) {
                    assertThat(wire.status(gid)).as(gid).isEqualTo("succeed");
                }
                assertThat(wire.post("submit", filling("after")).isSuccess()).isTrue();
            }
        }
    }

    /** Sagas that call nobody but carry as much as they may. */
    private static void fillUntilItEnds(ServerProcess server, Queue<String> acknowledged) throws Exception {
        Queue<String> problems = new ConcurrentLinkedQueue<>();
        try (DtmWire wire = new DtmWire(server.url())) {
            var fillers = new ArrayList<Thread>();
            for (int i = 0; i < FILLERS; i++) {
                String name = "filler-" + i + "-";
                fillers.add(Thread.ofVirtual().start(() -> {
                    try {
                        for (int n = 0; server.isAlive(); n++) {
                            ObjectNode saga = filling(name + n);
                            if (wire.post("submit", saga).isSuccess()) {
                                acknowledged.add(name + n);
                            }
                        }
                    } catch (IOException e) {
                        // The end of the server.
                    } catch (Exception e) {
                        problems.add(e.toString());
                    }
                }));
            }
            Eventually.holds("the disk is full and the server has ended", Duration.ofSeconds(60),
                    () -> !server.isAlive());
            for (Thread filler : fillers) {
                filler.join();
            }
        }
        assertThat(problems).isEmpty();
    }

    private static ObjectNode filling(String gid) {
        ObjectNode saga = DtmWire.transaction(gid, "saga");
        saga.withArray("steps").addObject().put("action", "").put("compensate", "");
        saga.withArray("payloads").add("x".repeat(FILLING_BYTES));
        return saga;
    }

    @Test
    void sigtermUnderLoadLosesNothingAndClosesTheLog() throws Exception {
        long seed = ThreadLocalRandom.current().nextInt(1_000_000);
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, FreePort.choose());
                Crowd crowd = new Crowd(server.url(), CLIENTS, seed)) {
            server.awaitListening();
            Eventually.holds("clients are at work", Duration.ofSeconds(30), () -> crowd.acknowledged() > CLIENTS);

            long told = System.nanoTime();
            server.sigterm();
            assertThat(server.awaitEnd()).as("seed=%d said: %s", seed, server.said()).isZero();
            Duration took = Duration.ofNanos(System.nanoTime() - told);
            System.out.println("SIGTERM: seed=" + seed + " ended after " + took.toMillis() + " ms under load");
            assertThat(took).isLessThan(STOP_LIMIT);

            assertThat(server.said()).contains("stopping: new requests are refused").doesNotContain("\"ERROR\"");
            assertThat(CleanStop.isMarked(data)).isTrue();
            server.startAgain();
            server.awaitListening();
            crowd.settle();
            assertThat(crowd.violations()).as("seed=%d", seed).isEmpty();
        }
    }
}
