package io.holdfast.raft;

import io.holdfast.engine.Bell;
import io.holdfast.engine.ReplicatedLog;
import io.holdfast.engine.StorageException;
import io.holdfast.testkit.log.LogContents;
import io.holdfast.testkit.log.LogGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Nodes on Ratis in this process, with real sockets and files. */
final class RatisGroup implements LogGroup {

    private static final int MIN_ELECTION_MILLIS = 300;
    private static final int MAX_ELECTION_MILLIS = 600;
    static final int SEGMENT_BYTES = 64 << 10;
    private static final int MAX_ENTRY_BYTES = 256 << 10;
    private static final long MAX_LOG_BYTES = 64L << 20;
    private static final int MAX_PAYLOAD_BYTES = 4_000;

    private final int founders;
    private final List<Told> told = new ArrayList<>();
    private final Path directory;
    private final SplittableRandom random;
    private final UUID uuid = UUID.randomUUID();
    private final List<RaftSettings.Peer> peers = new ArrayList<>();
    private final ConcurrentLinkedQueue<Integer> needCuts = new ConcurrentLinkedQueue<>();

    /** What one node was told beside its entries. */
    private record Told(AtomicReference<List<RaftSettings.Peer>> members, AtomicInteger notAdded) {}

    RatisGroup(int size, Path directory, long seed) {
        this(size, 0, directory, seed);
    }

    /** @param spare nodes that are no members yet */
    RatisGroup(int founders, int spare, Path directory, long seed) {
        int size = founders + spare;
        this.founders = founders;
        this.directory = directory.resolve("seed-" + seed + "-" + uuid);
        this.random = new SplittableRandom(seed);
        List<Integer> ports = freePorts(size);
        for (int node = 0; node < size; node++) {
            // Ids are unique in this process, because links are cut by them.
            peers.add(new RaftSettings.Peer("n" + node + "-" + uuid.toString().substring(0, 8), "127.0.0.1",
                    ports.get(node), "http://api-of-" + node));
            told.add(new Told(new AtomicReference<>(List.of()), new AtomicInteger()));
        }
    }

    /** Ports of this machine that nobody uses, all different. */
    static List<Integer> freePorts(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> ports = held.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : held) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RaftSettings settings(int node) {
        List<RaftSettings.Peer> configured = new ArrayList<>(peers.subList(0, founders));
        if (node >= founders) {
            configured.add(peers.get(node));
        }
        return new RaftSettings(peers.get(node).id(), configured, directory.resolve("node-" + node), uuid,
                MIN_ELECTION_MILLIS, MAX_ELECTION_MILLIS, SEGMENT_BYTES, MAX_LOG_BYTES, MAX_ENTRY_BYTES);
    }

    @Override
    public int size() {
        return peers.size();
    }

    @Override
    public ReplicatedLog open(int node) {
        needCuts.remove(node);
        return new RaftLog(settings(node), new CutInstaller() {
            @Override
            public void cutNeeded(String leader, long firstIndex) {
                needCuts.add(node);
            }

            @Override
            public void membersChanged(List<RaftSettings.Peer> members) {
                told.get(node).members.set(members);
            }

            @Override
            public void notAdded() {
                told.get(node).notAdded.incrementAndGet();
            }
        });
    }

    /** Ids, in order. */
    List<String> membersToldTo(int node) {
        return told.get(node).members.get().stream().map(RaftSettings.Peer::id).sorted().toList();
    }

    /** How often a node was told that it was not added after all. */
    int notAdded(int node) {
        return told.get(node).notAdded.get();
    }

    RaftSettings.Peer peer(int node) {
        return peers.get(node);
    }

    /** In one process it can only be closed, which Ratis does no better than a crash; then a torn entry is put behind the last. */
    @Override
    public void crash(int node, ReplicatedLog log) throws StorageException {
        log.close();
        TornTail.write(settings(node), random);
    }

    @Override
    public void isolate(int node) {
        Links.cutOff(peers.get(node).id());
    }

    @Override
    public void reconnect(int node) {
        Links.join(peers.get(node).id());
    }

    @Override
    public void pass(Bell bell) {
        bell.sleep(() -> 3_000_000);
    }

    @Override
    public long nowMillis() {
        return System.nanoTime() / 1_000_000;
    }

    @Override
    public byte[] payload(SplittableRandom from, long unique) {
        byte[] payload = LogContents.randomPayload(from, from.nextInt(Long.BYTES, MAX_PAYLOAD_BYTES));
        ByteBuffer.wrap(payload).putLong(unique);
        return payload;
    }

    @Override
    public boolean takesAnyBytes() {
        return true;
    }

    /** Two files and more. */
    @Override
    public int entriesUntilReleased() {
        return 3 * SEGMENT_BYTES / (MAX_PAYLOAD_BYTES / 2);
    }

    @Override
    public int needsCut() {
        Integer node = needCuts.poll();
        return node == null ? -1 : node;
    }

    @Override
    public void installCut(int node, ReplicatedLog donor, long released) throws StorageException {
        Cut cut = ((RaftLog) donor).lastCut();
        if (cut.sequence() != released) {
            throw new IllegalStateException("the cut of the other node is at " + cut + ", it has released " + released);
        }
        RaftLog.acceptCut(settings(node), cut);
    }

    @Override
    public void close() {
        peers.forEach(peer -> Links.join(peer.id()));
    }
}
