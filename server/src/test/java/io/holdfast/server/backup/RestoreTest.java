package io.holdfast.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Mode;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Limits;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.engine.EngineOptions.CutOptions;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.log.LogReader;
import io.holdfast.log.ReadOnlyDisk;
import io.holdfast.server.backup.Backup.Phase;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.config.WorkersConfig;
import io.holdfast.server.data.DataDirectory;
import io.holdfast.server.data.VerifyReport;
import io.holdfast.server.node.SingleNode;
import io.holdfast.store.RocksStore;
import io.holdfast.wire.log.v1.LogEntry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of a node in this process, and what a restore makes of them. */
class RestoreTest {

    private static final long SEED = 20_261_124;
    private static final int FLIPS_PER_FILE = 5;
    private static final byte[] BODY = "a body".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<String> said = new ArrayList<>();
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path backup;

    @BeforeEach
    void takeABackup() throws Exception {
        backup = directory.resolve("backup");
        try (SingleNode node = start(directory.resolve("data"))) {
            begin(node, "before");
            Backup taken = new Backup(node.backupSource(), backup, 0);
            taken.run();
            assertThat(taken.phase()).as(taken.failure()).isEqualTo(Phase.DONE);
            assertThat(taken.copiedBytes()).isEqualTo(taken.bytes());
            begin(node, "after");
        }
        assertThat(directory.resolve("data/store/aside")).doesNotExist();
        assertThat(directory.resolve("backup" + Backup.INCOMPLETE)).doesNotExist();
    }

    @Test
    void aNodeStartsOnWhatWasRestored() throws Exception {
        Path restored = directory.resolve("restored");
        restore(backup, restored);
        try (SingleNode node = start(restored)) {
            TransactionView before = node.coordinator().find("before").get();
            assertThat(before).isNotNull();
            assertThat(before.bodies().getFirst()).isEqualTo(BODY);
            assertThat(node.coordinator().find("after").get()).isNull();
            begin(node, "later");
        }
        try (SingleNode node = start(restored)) {
            assertThat(node.coordinator().find("later").get()).isNotNull();
        }
        assertThat(said).anyMatch(line -> line.startsWith("BEWARE: "));
    }

    @Test
    void theOldLogBringsBackWhatCameAfterTheBackup() throws Exception {
        Path restored = directory.resolve("restored");
        restore(backup, restored);
        SummedFiles.deleteAll(restored.resolve("log"));
        Files.createDirectory(restored.resolve("log"));
        Files.copy(directory.resolve("data/log/log-000.seg"), restored.resolve("log/log-000.seg"));
        try (SingleNode node = start(restored)) {
            assertThat(node.coordinator().find("before").get()).isNotNull();
            assertThat(node.coordinator().find("after").get()).isNotNull();
        }
    }

    /** So that the epochs of its calls are higher than any that the first server used after the backup. */
    @Test
    void bootNumbersJumpFarAhead() throws Exception {
        Path restored = directory.resolve("restored");
        restore(backup, restored);
        List<Long> boots = new ArrayList<>();
        new LogReader(ReadOnlyDisk.open(restored.resolve("log")), 0, (sequence, payload) -> {
            try {
                boots.add(LogEntry.parseFrom(payload).getCommands(0).getBoot().getBootNumber());
            } catch (IOException e) {
                throw new StorageException(Kind.DAMAGED, "no entry", e);
            }
        }).read();
        assertThat(boots).containsExactly(1 + Restore.BOOTS_SKIPPED);
    }

    @Test
    void anyFlippedBitIsRefusedBeforeTheTargetIsTouched() throws Exception {
        for (Path file : SummedFiles.below(backup)) {
            Path path = backup.resolve(file);
            byte[] good = Files.readAllBytes(path);
            for (int i = 0; i < FLIPS_PER_FILE && good.length > 0; i++) {
                byte[] bad = good.clone();
                int at = random.nextInt(bad.length);
                bad[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(path, bad);
                assertRefused("seed " + SEED + ", byte " + at + " of " + file, "");
            }
            if (good.length > 0) {
                Files.write(path, Arrays.copyOf(good, good.length - 1));
                assertRefused(file + " shortened", "");
            }
            Files.delete(path);
            assertRefused(file + " deleted", "");
            Files.write(path, good);
        }
        restore(backup, directory.resolve("restored"));
    }

    @Test
    void aManifestThatLeadsElsewhereIsRefused() throws Exception {
        String sum = "0".repeat(64);
        for (String file : List.of("log/log-000.seg", "store/../../x", "/etc/passwd")) {
            Path other = Files.createDirectory(directory.resolve("other-" + file.hashCode()));
            new BackupManifest(1, 1, 0, Map.of(file, sum)).write(other);
            assertThatThrownBy(() -> restore(other, directory.resolve("restored"))).isInstanceOf(BackupException.class)
                    .hasMessageContaining("the backup is damaged").hasMessageContaining(file);
        }
    }

    @Test
    void aTargetThatIsNotEmptyIsRefused() throws Exception {
        Path restored = Files.createDirectories(directory.resolve("restored"));
        Files.createDirectory(restored.resolve("lost+found"));
        Path mine = Files.writeString(restored.resolve("mine"), "x");
        assertThatThrownBy(() -> restore(backup, restored)).hasMessageContaining("is not empty, it holds [mine]");
        assertThat(restored.resolve("store")).doesNotExist();
        Files.delete(mine);
        restore(backup, restored);
    }

    @Test
    void aRestoreThatDidNotEndKeepsNodesOut() throws Exception {
        Path restored = directory.resolve("restored");
        restore(backup, restored);
        Files.createFile(restored.resolve("store").resolve(RocksStore.RESTORING));
        assertThatThrownBy(() -> start(restored)).isInstanceOfSatisfying(StorageException.class,
                e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining("a restore did not end here: empty the data directory and restore again");
    }

    @Test
    void noBackupIsMadeOfADamagedTable() throws Exception {
        try (SingleNode node = start(directory.resolve("data"))) {
            BackupSource damaging = new BackupSource() {
                @Override
                public CompletableFuture<Kept> keepAside() {
                    return node.backupSource().keepAside().thenApply(kept -> {
                        damageATable(kept.store());
                        return kept;
                    });
                }

                @Override
                public void dropAside() throws StorageException {
                    node.backupSource().dropAside();
                }
            };
            Path target = directory.resolve("rotten");
            Backup refused = new Backup(damaging, target, 0);
            refused.run();
            assertThat(refused.phase()).isEqualTo(Phase.FAILED);
            assertThat(refused.failure()).contains("the store of the server is damaged, and no backup is made of it",
                    ".sst");
            assertNothingIsLeftOf(target);
        }
    }

    /** The tables kept aside are those of the store itself, so a new file takes the place of one. */
    private static void damageATable(Path store) {
        try {
            Path table = store
                    .resolve(SummedFiles.below(store).stream().filter(file -> file.toString().endsWith(".sst"))
                            .findFirst().orElseThrow());
            byte[] bytes = Files.readAllBytes(table);
            bytes[10] ^= 1;
            Files.delete(table);
            Files.write(table, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aBackupLeavesTheServerItsRoom() throws Exception {
        try (SingleNode node = start(directory.resolve("data"))) {
            Path target = directory.resolve("large");
            Backup refused = new Backup(node.backupSource(), target, Long.MAX_VALUE);
            refused.run();
            assertThat(refused.phase()).isEqualTo(Phase.FAILED);
            assertThat(refused.failure()).contains("no room for the backup", "are kept for the server");
            assertNothingIsLeftOf(target);
        }
    }

    @Test
    void aBackupThatIsInterruptedLeavesNothing() throws Exception {
        CompletableFuture<BackupSource.Kept> never = new CompletableFuture<>();
        Path target = directory.resolve("interrupted");
        Backup waiting = new Backup(new BackupSource() {
            @Override
            public CompletableFuture<Kept> keepAside() {
                return never;
            }

            @Override
            public void dropAside() {
                never.cancel(false);
            }
        }, target, 0);
        Thread thread = Thread.ofPlatform().start(waiting);
        thread.interrupt();
        thread.join();
        assertThat(waiting.phase()).isEqualTo(Phase.FAILED);
        assertThat(waiting.failure()).contains("the server is stopping");
        assertThat(never).isCancelled();
        assertNothingIsLeftOf(target);
    }

    private static void assertNothingIsLeftOf(Path target) {
        assertThat(target).doesNotExist();
        assertThat(target.resolveSibling(target.getFileName() + Backup.INCOMPLETE)).doesNotExist();
    }

    private void assertRefused(String what, String why) {
        Path restored = directory.resolve("restored");
        assertThatThrownBy(() -> restore(backup, restored)).as(what).isInstanceOf(BackupException.class)
                .hasMessageContaining(why);
        assertThat(restored).as(what).doesNotExist();
    }

    private void restore(Path from, Path to) throws Exception {
        new Restore(from, new DataDirectory(to), RestorePurpose.SINGLE_SERVER,
                new VerifyReport(new PrintWriter(new StringWriter())), said::add)
                .run();
    }

    private static SingleNode start(Path data) throws StorageException {
        return SingleNode.start(new ServerConfig(data, "127.0.0.1", 0, List.of(), null, null, false, Limits.DEFAULT,
                CutOptions.DEFAULT, ServerConfig.DEFAULT_MAX_REQUEST_BYTES, 0, null, null, WorkersConfig.NONE),
                (call, whenDone) -> {
                });
    }

    private static void begin(SingleNode node, String gid) throws Exception {
        BranchSpec branch = new BranchSpec("01", "http://a/confirm", "http://a/cancel", Payload.of(BODY));
        node.coordinator().submit(new Command.Begin(gid, Mode.TCC, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL,
                Attributes.NONE, List.of(branch))).get();
    }
}
