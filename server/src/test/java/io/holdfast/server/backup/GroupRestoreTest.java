package io.holdfast.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Mode;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Limits;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.engine.Coordinator;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.engine.EngineOptions.CutOptions;
import io.holdfast.engine.Participants;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.raft.RaftLog;
import io.holdfast.raft.RaftSettings;
import io.holdfast.server.RunningEngine;
import io.holdfast.server.backup.Backup.Phase;
import io.holdfast.server.cluster.CurrentMembers;
import io.holdfast.server.cluster.Foundation;
import io.holdfast.server.cluster.FoundationFile;
import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.config.WorkersConfig;
import io.holdfast.server.data.DataDirectory;
import io.holdfast.server.data.VerifyReport;
import io.holdfast.server.node.ClusterNode;
import io.holdfast.server.node.SingleNode;
import io.holdfast.store.RocksStore;
import io.holdfast.store.StoreOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server that was stopped leaves is made the data of a group, here of one node. */
class GroupRestoreTest {

    private static final int PATIENCE_SECONDS = 60;
    private static final byte[] BODY = "a body".getBytes(StandardCharsets.UTF_8);
    private static final Participants SILENT = (call, whenDone) -> {
    };

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path data;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path backup;
    private int logPort;

    private interface Step {
        void run(Path data, Foundation foundation) throws Exception;
    }

    @BeforeEach
    void stopAServerAndTakeABackup() throws Exception {
        data = directory.resolve("data");
        backup = directory.resolve("backup");
        try (SingleNode node = SingleNode.start(config(data, null), SILENT)) {
            begin(node.coordinator(), "before");
        }
        takeBackup(data, backup);
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            logPort = socket.getLocalPort();
        }
    }

    private static void takeBackup(Path of, Path to) throws BackupException, StorageException {
        try (StoppedServer stopped = StoppedServer.open(new DataDirectory(of))) {
            Backup taken = new Backup(stopped, to, 0);
            taken.run();
            assertThat(taken.phase()).as(taken.failure()).isEqualTo(Phase.DONE);
        }
    }

    @Test
    void everyNodeGetsTheSameState() throws Exception {
        Foundation one = restore("n1");
        Foundation two = restore("n2");
        assertThat(one).isEqualTo(two);
        assertThat(one.backup()).isEqualTo(BackupManifest.read(backup).sha256());
        assertThat(directory.resolve("n1/log")).doesNotExist();

        Cut.Header before = header(data);
        assertThat(before.sequence()).isEqualTo(one.cut());
        Cut.Header after = header(directory.resolve("n1"));
        assertThat(after).isEqualTo(header(directory.resolve("n2")));
        assertThat(after.bootNumber()).isEqualTo(before.bootNumber() + Restore.BOOTS_SKIPPED);
        assertThat(after.sequence()).isEqualTo(before.sequence());
        assertThat(said).anyMatch(line -> line.contains("Restore the same backup for every other node"));
    }

    private static Cut.Header header(Path data) throws StorageException {
        try (RocksStore store = new RocksStore(data.resolve("store"), StoreOptions.DEFAULT)) {
            Core core = store.recover();
            return core.cut().header();
        }
    }

    @Test
    void theGroupGoesOnFromTheBackupAndIsNotBegunTwice() throws Exception {
        Foundation foundation = restore("n1");
        Path n1 = directory.resolve("n1");
        try (ClusterNode node = group(n1)) {
            assertThatTheTransactionIsThere(node);
            begin(node.coordinator(), "later");
            assertThat(Objects.requireNonNull(node.cluster()).foundation().get()).isEqualTo(foundation);
        }
        assertThat(new FoundationFile(n1).unused()).isNull();
        assertThat(header(n1).bootNumber()).isGreaterThan(header(data).bootNumber() + Restore.BOOTS_SKIPPED);
        try (ClusterNode node = group(n1)) {
            assertThatTheTransactionIsThere(node);
            assertThat(node.coordinator().find("later").get()).isNotNull();
            assertThat(Objects.requireNonNull(node.cluster()).foundation().get()).isEqualTo(foundation);
        }
    }

    @Test
    void aNodeThatDiedBetweenAnyTwoStepsGoesOn() throws Exception {
        List<Step> deaths = List.of(
                // The log says where it begins, and has no vote yet.
                (root, foundation) -> {
                    RaftLog.found(settings(root), foundation.cut());
                    try (var files = Files.walk(root.resolve("log"))) {
                        Files.delete(files.filter(file -> file.endsWith("raft-meta")).findFirst().orElseThrow());
                    }
                },
                // The log has begun, and the foundation is not retired.
                (root, foundation) -> RaftLog.found(settings(root), foundation.cut()),
                // It is, and the log has not run.
                (root, foundation) -> {
                    RaftLog.found(settings(root), foundation.cut());
                    new FoundationFile(root).retire();
                });
        for (int i = 0; i < deaths.size(); i++) {
            Path root = directory.resolve("dead-" + i);
            Foundation foundation = restore("dead-" + i);
            deaths.get(i).run(root, foundation);
            try (ClusterNode node = group(root)) {
                assertThatTheTransactionIsThere(node);
                begin(node.coordinator(), "later");
            }
            assertThat(new FoundationFile(root).unused()).isNull();
            assertThat(new FoundationFile(root).used()).isEqualTo(foundation);
        }
    }

    @Test
    void aLogThatBeganOtherwiseIsDamage() throws Exception {
        Foundation foundation = restore("n1");
        Path n1 = directory.resolve("n1");
        RaftLog.found(settings(n1), foundation.cut() - 1);
        assertThatThrownBy(() -> group(n1)).isInstanceOfSatisfying(StorageException.class,
                refused -> assertThat(refused.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining("a log of this node already");
        assertThat(new FoundationFile(n1).unused()).isEqualTo(foundation);
    }

    @Test
    void aSingleServerDoesNotStartOnIt() throws Exception {
        restore("n1");
        Path n1 = directory.resolve("n1");
        assertThatThrownBy(() -> SingleNode.start(config(n1, null), SILENT)).isInstanceOf(StorageException.class)
                .hasMessageContaining("restored for a node of a group");
        assertThat(n1.resolve("log")).doesNotExist();
    }

    @Test
    void aRestoreThatDidNotGetToItsEndIsNoGroup() throws Exception {
        restore("n1");
        Path n1 = directory.resolve("n1");
        Files.delete(n1.resolve("foundation"));
        assertThatThrownBy(() -> group(n1)).isInstanceOf(StorageException.class)
                .hasMessageContaining("it is new, but the store holds");
        restore("n3");
        SummedFiles.deleteAll(directory.resolve("n3/store"));
        assertThatThrownBy(() -> group(directory.resolve("n3"))).isInstanceOf(StorageException.class)
                .hasMessageContaining("its store is missing");
        restore("n2");
        Files.createFile(directory.resolve("n2/store").resolve(RocksStore.RESTORING));
        assertThatThrownBy(() -> group(directory.resolve("n2"))).isInstanceOf(StorageException.class)
                .hasMessageContaining("a restore did not end here");
    }

    @Test
    void noBackupIsTakenOfAServerThatRunsOrDidNotStop() throws Exception {
        Path copy = directory.resolve("copy");
        try (SingleNode node = SingleNode.start(config(data, null), SILENT)) {
            begin(node.coordinator(), "not in a cut");
            assertThatThrownBy(() -> StoppedServer.open(new DataDirectory(data))).isInstanceOf(StorageException.class)
                    .hasMessageContaining("in use");
            // As a kill leaves it: the log is there, and the store as of its last cut.
            for (Path file : SummedFiles.below(data)) {
                Files.createDirectories(copy.resolve(file).resolveSibling("."));
                Files.copy(data.resolve(file), copy.resolve(file));
            }
        }
        assertThatThrownBy(() -> StoppedServer.open(new DataDirectory(copy))).isInstanceOf(BackupException.class)
                .hasMessageContaining("was not stopped cleanly");
        // Nobody holds it any more.
        try (SingleNode node = SingleNode.start(config(copy, null), SILENT)) {
            assertThat(node.coordinator().find("not in a cut").get()).isNotNull();
        }
        takeBackup(copy, directory.resolve("backup-of-copy"));
    }

    @Test
    void noBackupIsTakenOfANodeOfAGroupThatIsStopped() throws Exception {
        restore("n1");
        Path n1 = directory.resolve("n1");
        try (ClusterNode node = group(n1)) {
            assertThatTheTransactionIsThere(node);
        }
        assertThatThrownBy(() -> StoppedServer.open(new DataDirectory(n1))).isInstanceOf(BackupException.class)
                .hasMessageContaining("is that of a node of a group");
    }

    private Foundation restore(String name) throws Exception {
        Path to = directory.resolve(name);
        new Restore(backup, new DataDirectory(to), RestorePurpose.GROUP,
                new VerifyReport(new PrintWriter(new StringWriter())), said::add).run();
        return Objects.requireNonNull(new FoundationFile(to).unused());
    }

    private ClusterConfig alone() {
        return new ClusterConfig("n1", List.of(
                ClusterConfig.Member.parse("n1 127.0.0.1:" + logPort + " http://127.0.0.1:1")));
    }

    private ClusterNode group(Path root) throws StorageException {
        return ClusterNode.start(config(root, alone()), SILENT);
    }

    /** As a node of the group has them. */
    private RaftSettings settings(Path root) {
        return RaftSettings.of("n1", List.of(CurrentMembers.peer(alone().self())), root.resolve("log"),
                UUID.nameUUIDFromBytes("holdfast".getBytes(StandardCharsets.US_ASCII)));
    }

    private static ServerConfig config(Path data, @Nullable ClusterConfig cluster) {
        // Nobody listens in this test; the port has to be the one that others would be told.
        int port = cluster == null ? 0 : cluster.self().api().getPort();
        return new ServerConfig(data, "127.0.0.1", port, List.of(), null, null, false, Limits.DEFAULT,
                CutOptions.DEFAULT, ServerConfig.DEFAULT_MAX_REQUEST_BYTES, 0, null, cluster, WorkersConfig.NONE);
    }

    private static void assertThatTheTransactionIsThere(RunningEngine node) throws Exception {
        TransactionView found = whenItLeads(
                () -> node.coordinator().find("before").thenApply(Objects::requireNonNull));
        assertThat(found.bodies().getFirst()).isEqualTo(BODY);
    }

    private static void begin(Coordinator coordinator, String gid) throws Exception {
        BranchSpec branch = new BranchSpec("01", "http://a/confirm", "http://a/cancel", Payload.of(BODY));
        Reply reply = whenItLeads(() -> coordinator.submit(new Command.Begin(gid, Mode.TCC, 0, CallPolicy.NATIVE,
                SagaOrder.SEQUENTIAL, Attributes.NONE, List.of(branch))));
        assertThat(reply).isInstanceOf(Reply.Done.class);
    }

    private interface Request<T> {
        CompletableFuture<T> send();
    }

    /** Asks again until the node leads, and takes commands. */
    private static <T> T whenItLeads(Request<T> request) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        CountDownLatch never = new CountDownLatch(1);
        while (true) {
            assertThat(System.nanoTime()).as("it leads").isLessThan(deadline);
            try {
                return request.send().get();
            } catch (Coordinator.EngineUnavailable e) {
                assertThat(never.await(10, TimeUnit.MILLISECONDS)).isFalse();
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(Coordinator.EngineUnavailable.class);
                assertThat(never.await(10, TimeUnit.MILLISECONDS)).isFalse();
            }
        }
    }
}
