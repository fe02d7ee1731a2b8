package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.components.FreePort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A disk that does not take what it should: the server says which, ends, and has lost nothing when the disk is back. */
class DiskFaultsIT {

    private static final int CLIENTS = 8;
    private static final int STORE_MEBIBYTES = 48;
    private static final int DISK_MEBIBYTES = 400;
    private static final long AT_WORK = 100;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Cuts all the time, and nothing kept free, so that a cut meets the fault. */
    private static final String CONFIG = """
            store:
              cutBytes: 65536
              minFreeBytes: 0
            """;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    /** What happens to the store, and how it is undone. */
    private interface Fault {
        void happen(Path store) throws Exception;

        void end(Path store) throws Exception;
    }

    @Test
    void aFullDiskOfTheStoreEndsTheServerAndLosesNothing() throws Exception {
        Path store = directory.resolve("data").resolve("store");
        Files.createDirectories(store);
        try (SmallDisk disk = SmallDisk.mount(store, STORE_MEBIBYTES)) {
            assertSurvives("No space left on device", new Fault() {
                @Override
                public void happen(Path full) throws IOException {
                    fill(full.resolve("filler"));
                }

                @Override
                public void end(Path full) throws IOException {
                    Files.delete(full.resolve("filler"));
                }
            });
        }
    }

    /** Written until nothing fits any more, also what the server gives back meanwhile. */
    private static void fill(Path filler) throws IOException {
        try (FileChannel file = FileChannel.open(filler, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocate(64 << 10);
            while (true) {
                file.write(block.clear());
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
    }

    /** As if the device was pulled out: new files cannot be made. */
    @Test
    void aStoreThatIsGoneEndsTheServerAndLosesNothing() throws Exception {
        assertSurvives("No such file or directory", new Fault() {
            @Override
            public void happen(Path store) throws IOException {
                Files.move(store.resolve("rocksdb"), directory.resolve("aside"));
            }

            @Override
            public void end(Path store) throws IOException {
                Files.move(directory.resolve("aside"), store.resolve("rocksdb"));
            }
        });
    }

    private void assertSurvives(String says, Fault fault) throws Exception {
        long seed = ThreadLocalRandom.current().nextInt(1_000_000);
        Path data = directory.resolve("data");
        Path config = Files.writeString(directory.resolve("config.yaml"), CONFIG);
        try (ServerProcess server = ServerProcess.start(data, FreePort.choose(), "--config", config.toString());
                Crowd crowd = new Crowd(server.url(), CLIENTS, seed)) {
            server.awaitListening();
            Eventually.holds("clients are at work", LIMIT, () -> crowd.acknowledged() > AT_WORK);

            fault.happen(data.resolve("store"));
            Eventually.holds("the server has ended", LIMIT, () -> !server.isAlive());
            assertThat(server.awaitEnd()).as("seed=%d said: %s", seed, server.said()).isEqualTo(1);
            assertThat(server.said()).contains("holdfast server: the engine failed", says,
                    data.resolve("store").toString());

            fault.end(data.resolve("store"));
            server.startAgain();
            server.awaitListening();
            crowd.settle();
            assertThat(crowd.violations()).as("seed=%d", seed).isEmpty();
        }
    }

    @Test
    void aReadOnlyDiskIsNamedAndNothingChanges() throws Exception {
        Path mountPoint = Files.createDirectory(directory.resolve("disk"));
        Path data = mountPoint.resolve("data");
        try (SmallDisk disk = SmallDisk.mount(mountPoint, DISK_MEBIBYTES)) {
            // Its output goes beside the directory, which has to be writable.
            Path config = Files.writeString(directory.resolve("config.yaml"), "store:\n  minFreeBytes: 0\n");
            Files.createDirectory(data);
            Path link = Files.createSymbolicLink(directory.resolve("link"), data);
            try (ServerProcess server = ServerProcess.start(link, FreePort.choose(), "--config", config.toString())) {
                server.awaitListening();
                try (DtmWire wire = new DtmWire(server.url())) {
                    assertThat(wire.post("prepare", DtmWire.transaction("first", "tcc")).isSuccess()).isTrue();
                }
                server.sigkill();
                disk.makeReadOnly();
                server.startAgain();
                assertThat(server.awaitEnd()).as("said: %s", server.said()).isIn(1, 3);
                assertThat(server.said()).contains("holdfast server: ", link.toString()).containsAnyOf(
                        "Read-only file system", "is not writable");

                disk.makeWritable();
                server.startAgain();
                server.awaitListening();
                try (DtmWire wire = new DtmWire(server.url())) {
                    assertThat(wire.status("first")).isEqualTo("prepared");
                }
            }
        }
    }
}
