package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.engine.ReplicatedLog;
import io.holdfast.engine.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Nodes in this process with what each was told: no more than the sequence, as a store would hold it. */
final class RaftNodes implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;
    private static final int PIECE_BYTES = 8 << 10;

    private final RatisGroup group;
    private final List<Node> nodes = new ArrayList<>();

    /** One node. */
    final class Node {
        final int number;
        @Nullable
        RaftLog log;
        boolean leads;
        boolean waits;
        long told;
        @Nullable
        StorageException failure;

        Node(int number) {
            this.number = number;
        }

        RaftSettings settings() {
            return group.settings(number);
        }

        String id() {
            return settings().id();
        }

        void start(long after) throws StorageException {
            log = (RaftLog) group.open(number);
            leads = false;
            waits = false;
            failure = null;
            told = log.recover(after, (sequence, payload) -> told = sequence);
        }

        /** What it was told is in its store. */
        void startAgain() throws StorageException {
            start(told);
        }

        void stop() throws StorageException {
            if (log != null) {
                log.close();
                log = null;
                leads = false;
            }
        }

        private void poll() throws StorageException {
            if (log == null || failure != null) {
                return;
            }
            try {
                for (ReplicatedLog.Event event = log.take(); event != null; event = log.take()) {
                    hear(event);
                }
            } catch (StorageException e) {
                failure = e;
                leads = false;
            }
        }

        private void hear(ReplicatedLog.Event event) {
            switch (event) {
                case ReplicatedLog.Event.Committed committed -> {
                    told = committed.sequence();
                    waits &= !committed.own();
                }
                case ReplicatedLog.Event.Leads _ -> leads = true;
                case ReplicatedLog.Event.Follows _ -> {
                    leads = false;
                    waits = false;
                }
            }
        }

        RaftLog log() {
            return Objects.requireNonNull(log);
        }

        /** Ids of the members as it was told. */
        List<String> members() {
            return group.membersToldTo(number);
        }
    }

    /** What is waited for. */
    interface Condition {
        boolean holds() throws StorageException;
    }

    RaftNodes(RatisGroup group) {
        this.group = group;
        for (int number = 0; number < group.size(); number++) {
            nodes.add(new Node(number));
        }
    }

    Node get(int number) {
        return nodes.get(number);
    }

    Stream<Node> all() {
        return nodes.stream();
    }

    Stream<Node> running() {
        return nodes.stream().filter(node -> node.log != null && node.failure == null);
    }

    Node other(Node than) {
        return running().filter(node -> node != than).findFirst().orElseThrow();
    }

    void await(String what, Condition condition) throws StorageException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waiting for %s", what).isLessThan(deadline);
            for (Node node : nodes) {
                node.poll();
            }
            assertThat(never.await(2, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    Node leader() throws StorageException, InterruptedException {
        await("a leader", () -> nodes.stream().anyMatch(node -> node.leads));
        return nodes.stream().filter(node -> node.leads).findFirst().orElseThrow();
    }

    /** Gets entries committed by whoever leads. */
    void commit(int count) throws StorageException, InterruptedException {
        long wanted = most() + count;
        await(count + " entries", () -> {
            propose(3);
            return most() >= wanted;
        });
    }

    /** Gets entries of so many bytes together committed. */
    void fill(int bytes) throws StorageException, InterruptedException {
        long wanted = most() + bytes / PIECE_BYTES;
        await("entries of " + bytes + " bytes", () -> {
            propose(PIECE_BYTES);
            return most() >= wanted;
        });
    }

    private void propose(int bytes) throws StorageException {
        for (Node node : nodes) {
            if (node.leads && !node.waits) {
                node.waits = true;
                node.log().propose(node.told + 1, ByteBuffer.wrap(new byte[bytes]));
            }
        }
    }

    /** The last entry that anybody was told. */
    long most() {
        return nodes.stream().mapToLong(node -> node.told).max().orElseThrow();
    }

    /** Waits until that entry was told by all these. */
    void awaitTold(long sequence, Stream<Node> those) throws StorageException, InterruptedException {
        List<Node> all = those.toList();
        await("that all have entry " + sequence, () -> all.stream().allMatch(node -> node.told >= sequence));
    }

    void loseEverything(Node node) throws IOException, StorageException {
        node.stop();
        Path directory = node.settings().directory();
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    <T> T get(CompletableFuture<T> told) throws Exception {
        await("an answer", told::isDone);
        return told.get();
    }

    /** Releases everything the leader was told, as when its store holds it. */
    Cut cutOf(Node leader, Mark mark) throws StorageException, InterruptedException {
        await("that the leader is told", () -> leader.told >= mark.sequence());
        leader.log().releaseThrough(leader.told);
        return leader.log().lastCut();
    }

    /** A node without a log begins after a cut of the leader, as a server does. */
    Cut join(Node node) throws Exception {
        Node leader = leader();
        Mark mark = get(leader.log().mark());
        Cut cut = cutOf(leader, mark);
        RaftLog.join(node.settings(), cut, mark);
        node.start(cut.sequence());
        return cut;
    }

    @Override
    public void close() throws StorageException {
        for (Node node : nodes) {
            node.stop();
        }
        group.close();
    }
}
