package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.engine.ReplicatedLog;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group that begins after entries that its stores hold and its logs do not. Three nodes in this process. */
class RaftFoundingTest {

    private static final int PATIENCE_SECONDS = 60;
    private static final int FEW = 5;
    /** Entries that the stores of all nodes hold when the group begins. */
    private static final long FOUNDED_AT = 1_234;

    @TempDir
    Path directory;

    private RatisGroup group;
    private final List<RaftLog> logs = new ArrayList<>();
    private final List<Long> told = new ArrayList<>();
    private final List<Boolean> leads = new ArrayList<>();
    private final List<Boolean> waits = new ArrayList<>();

    @BeforeEach
    void prepare() {
        group = new RatisGroup(3, directory, 11);
        for (int node = 0; node < 3; node++) {
            logs.add(new RaftLog(group.settings(node), (leader, firstIndex) -> {
            }));
            told.add(FOUNDED_AT);
            leads.add(false);
            waits.add(false);
        }
    }

    @AfterEach
    void stop() throws StorageException {
        for (RaftLog log : logs) {
            log.close();
        }
        group.close();
    }

    private void start(int node, long after) throws StorageException {
        logs.set(node, (RaftLog) group.open(node));
        leads.set(node, false);
        waits.set(node, false);
        told.set(node, logs.get(node).recover(after, (sequence, payload) -> {
        }));
    }

    private void poll(int node) throws StorageException {
        RaftLog log = logs.get(node);
        for (ReplicatedLog.Event event = log.take(); event != null; event = log.take()) {
            switch (event) {
                case ReplicatedLog.Event.Committed committed -> {
                    assertThat(committed.sequence()).isEqualTo(told.get(node) + 1);
                    told.set(node, committed.sequence());
                    waits.set(node, waits.get(node) && !committed.own());
                }
                case ReplicatedLog.Event.Leads leading -> leads.set(node, true);
                case ReplicatedLog.Event.Follows following -> {
                    leads.set(node, false);
                    waits.set(node, false);
                }
            }
        }
    }

    /** Has whoever leads propose, until each of the nodes that run has heard of so many entries. */
    private void commitThrough(long sequence, List<Integer> running) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        CountDownLatch never = new CountDownLatch(1);
        while (running.stream().anyMatch(node -> told.get(node) < sequence)) {
            assertThat(System.nanoTime()).as("told %s of %s", told, sequence).isLessThan(deadline);
            for (int node : running) {
                poll(node);
                if (leads.get(node) && !waits.get(node) && told.get(node) < sequence) {
                    waits.set(node, true);
                    logs.get(node).propose(told.get(node) + 1, ByteBuffer.wrap(new byte[]{1, 2, 3}));
                }
            }
            assertThat(never.await(2, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    @Test
    void foundersGoOnAfterTheEntryThatTheirStoresHold() throws Exception {
        for (int node = 0; node < 3; node++) {
            RaftLog.found(group.settings(node), FOUNDED_AT);
            assertThat(RaftLog.isNew(group.settings(node))).isFalse();
            start(node, FOUNDED_AT);
        }
        commitThrough(FOUNDED_AT + FEW, List.of(0, 1, 2));

        // Each of them counts, and a restart finds all of it.
        logs.get(2).close();
        commitThrough(FOUNDED_AT + 2 * FEW, List.of(0, 1));
        start(2, FOUNDED_AT);
        logs.get(1).close();
        commitThrough(FOUNDED_AT + 3 * FEW, List.of(0, 2));
        start(1, FOUNDED_AT);
        commitThrough(FOUNDED_AT + 4 * FEW, List.of(0, 1, 2));
    }

    @Test
    void founderThatBeginsLateGetsWhatTheOthersHaveAgreedOn() throws Exception {
        for (int node = 0; node < 2; node++) {
            RaftLog.found(group.settings(node), FOUNDED_AT);
            start(node, FOUNDED_AT);
        }
        commitThrough(FOUNDED_AT + FEW, List.of(0, 1));
        RaftLog.found(group.settings(2), FOUNDED_AT);
        start(2, FOUNDED_AT);
        commitThrough(FOUNDED_AT + FEW, List.of(0, 1, 2));
    }

    /** As a process does that died on the way. */
    @Test
    void foundingCanBeRepeatedAtEveryStep() throws Exception {
        RaftSettings settings = group.settings(0);
        RaftLog.found(settings, FOUNDED_AT);
        List<Path> written = files(settings.directory());
        String cut = Files.readString(settings.directory().resolve("cut"));
        RaftLog.found(settings, FOUNDED_AT);

        Path vote = written.stream().filter(file -> file.endsWith("raft-meta")).findFirst().orElseThrow();
        Files.delete(vote);
        RaftLog.found(settings, FOUNDED_AT);
        assertThat(Files.readString(vote)).isEqualTo("term=1\nvotedFor=\n");

        Files.delete(vote);
        Files.delete(settings.directory().resolve("cut"));
        assertThat(RaftLog.isNew(settings)).isTrue();
        RaftLog.found(settings, FOUNDED_AT);
        assertThat(files(settings.directory())).isEqualTo(written);
        assertThat(Files.readString(settings.directory().resolve("cut"))).isEqualTo(cut);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void nothingIsFoundedOnAnotherLog() throws Exception {
        RaftSettings settings = group.settings(0);
        RaftLog.found(settings, FOUNDED_AT);
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> RaftLog.found(settings, FOUNDED_AT + 1))
                .satisfies(refused -> assertThat(refused.kind()).isEqualTo(Kind.DAMAGED))
                .withMessageContaining("a log of this node already");
        assertThatIllegalArgumentException().isThrownBy(() -> RaftLog.found(group.settings(1), 0));
    }

    @Test
    void storeThatIsNotWhereTheGroupBeganIsDamage() throws Exception {
        RaftLog.found(group.settings(0), FOUNDED_AT);
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> start(0, FOUNDED_AT - 1))
                .withMessageContaining("entries up to " + FOUNDED_AT + " are released");
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> start(0, FOUNDED_AT + 1))
                .withMessageContaining("it ends with entry " + FOUNDED_AT);
    }
}
