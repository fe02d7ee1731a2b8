package io.holdfast.raft;

import io.holdfast.engine.Bell;
import io.holdfast.engine.ReplicatedLog.Event;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * How long an entry takes to be committed, one at a time. Not part of the build: all nodes are in this process, on one disk, so it
 * says what the log costs, not what three machines would do.
 */
final class RaftMeasureMain {

    private static final int PAYLOAD_BYTES = 256 << 10;
    private static final long WARM_UP_NANOS = 10_000_000_000L;
    private static final long MEASURED_NANOS = 15_000_000_000L;
    private static final long RELEASE_EVERY = 128;

    private RaftMeasureMain() {
    }

    /** A node whose owner only keeps count. */
    private static final class Node {
        final RaftLog log;
        boolean leads;
        long told;

        Node(RaftSettings settings) {
            log = new RaftLog(settings, (leader, firstIndex) -> {
                throw new IllegalStateException("every node is up");
            });
        }

        void poll() throws Exception {
            for (Event event = log.take(); event != null; event = log.take()) {
                switch (event) {
                    case Event.Committed committed -> told = committed.sequence();
                    case Event.Leads _ -> leads = true;
                    case Event.Follows _ -> leads = false;
                }
                if (told % RELEASE_EVERY == 0 && told > 0) {
                    log.releaseThrough(told);
                }
            }
        }
    }

    /** Number of nodes, and where their files go. */
    public static void main(String[] arguments) throws Exception {
        int size = Integer.parseInt(arguments[0]);
        Path directory = Files.createTempDirectory(Path.of(arguments[1]), "raft-measure");
        Bell bell = new Bell();
        List<Node> nodes = start(size, directory, bell);
        while (nodes.stream().noneMatch(node -> node.leads)) {
            poll(nodes, bell);
        }
        Node leader = nodes.stream().filter(node -> node.leads).findFirst().orElseThrow();
        byte[] payload = new byte[PAYLOAD_BYTES];
        new SplittableRandom(1).nextBytes(payload);
        measure(nodes, leader, payload, bell, WARM_UP_NANOS);
        long[] nanos = measure(nodes, leader, payload, bell, MEASURED_NANOS);
        Arrays.sort(nanos);
        System.out.printf("peers=%d payloadBytes=%d entriesPerSecond=%.0f p50Micros=%d p99Micros=%d%n", size,
                PAYLOAD_BYTES, nanos.length / (MEASURED_NANOS / 1e9), nanos[nanos.length / 2] / 1_000,
                nanos[nanos.length * 99 / 100] / 1_000);
        for (Node node : nodes) {
            node.log.close();
        }
    }

    private static List<Node> start(int size, Path directory, Bell bell) throws Exception {
        List<Integer> ports = RatisGroup.freePorts(size);
        List<RaftSettings.Peer> peers = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            peers.add(new RaftSettings.Peer("n" + i, "127.0.0.1", ports.get(i)));
        }
        List<Node> nodes = new ArrayList<>();
        for (RaftSettings.Peer peer : peers) {
            Node node = new Node(RaftSettings.of(peer.id(), peers, directory.resolve(peer.id()), new UUID(1, 2)));
            node.log.recover(0, (sequence, entry) -> {
            });
            node.log.wake(bell);
            nodes.add(node);
        }
        return nodes;
    }

    private static void poll(List<Node> nodes, Bell bell) throws Exception {
        bell.sleep(() -> nodes.stream().anyMatch(node -> node.log.hasNext()) ? 0 : 1_000_000_000);
        for (Node node : nodes) {
            node.poll();
        }
    }

    private static long[] measure(List<Node> nodes, Node leader, byte[] payload, Bell bell, long forNanos)
            throws Exception {
        long[] nanos = new long[1 << 20];
        int count = 0;
        long end = System.nanoTime() + forNanos;
        while (System.nanoTime() < end) {
            long began = System.nanoTime();
            long wanted = leader.told + 1;
            leader.log.propose(wanted, ByteBuffer.wrap(payload));
            while (leader.told < wanted) {
                poll(nodes, bell);
            }
            nanos[count++] = System.nanoTime() - began;
        }
        return Arrays.copyOf(nanos, count);
    }
}
