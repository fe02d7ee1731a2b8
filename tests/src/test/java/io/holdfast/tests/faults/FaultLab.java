package io.holdfast.tests.faults;

import io.holdfast.tests.faults.Fault.Role;
import io.holdfast.tests.process.Eventually;
import io.holdfast.tests.process.Place;
import io.holdfast.tests.process.Reach;
import io.holdfast.tests.process.ServerGroup;
import io.holdfast.tests.process.ServerProcess;
import io.holdfast.tests.process.SmallDisk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/** Three nodes, each in a network and behind a C library of its own, the first one on a small disk. Not thread-safe. */
final class FaultLab implements AutoCloseable {

    static final int NODES = 3;

    /** The node whose disk can be filled. */
    private static final int ON_A_SMALL_DISK = 0;
    /** Several times what a run of some minutes writes. */
    private static final int DISK_MEBIBYTES = 768;
    private static final String FILLER = "filler";
    private static final int FILLER_PIECE_BYTES = 64 << 10;
    private static final String TOKEN = "a-token-for-tests-only";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Within which a node under load has something to sync. */
    private static final Duration SYNC_LIMIT = Duration.ofSeconds(20);

    final FaultNetwork network;
    private final List<FaultyLibc> libcs = new ArrayList<>();
    private final SmallDisk disk;
    private final Path filler;
    final ServerGroup group;
    private final SplittableRandom random;
    private int torn;
    private int endedByItself;

    /** Starts them. Skips the test where something is missing or not allowed. */
    FaultLab(Path directory, long seed) throws Exception {
        this.random = new SplittableRandom(seed);
        Path library = FaultyLibc.compile(directory);
        network = FaultNetwork.open(NODES);
        try {
            Path small = Files.createDirectory(directory.resolve("n" + (ON_A_SMALL_DISK + 1)));
            disk = SmallDisk.mount(small, DISK_MEBIBYTES);
            filler = small.resolve(FILLER);
        } catch (Exception | Error e) {
            network.close();
            throw e;
        }
        try {
            List<Place> places = new ArrayList<>();
            for (int node = 0; node < NODES; node++) {
                FaultyLibc libc = new FaultyLibc(library, directory.resolve("n" + (node + 1) + ".faults"));
                libcs.add(libc);
                places.add(network.place(node, libc.environment()));
            }
            group = new ServerGroup(directory, places, "token: " + TOKEN + "\ninsecure: true\nallow:\n  - "
                    + network.range() + "\n", TOKEN);
        } catch (Exception | Error e) {
            disk.close();
            network.close();
            throw e;
        }
    }

    /** How clients get there. */
    Reach reach(Duration answerLimit) {
        return new Reach(group.urls(), TOKEN, answerLimit, network.address(FaultNetwork.CLIENTS));
    }

    FaultyLibc libc(int node) {
        return libcs.get(node);
    }

    /** Logs of which a part was taken away. */
    int torn() {
        return torn;
    }

    /** Nodes that gave up because their disk was full. */
    int endedByItself() {
        return endedByItself;
    }

    private int node(Role role) throws Exception {
        int leader = group.awaitLeader();
        return role == Role.LEADER ? leader : (leader + 1 + random.nextInt(NODES - 1)) % NODES;
    }

    /** Lets it happen, for as long as it says, and mends what it broke. What concerns clients is left to others. */
    void strike(Fault fault) throws Exception {
        try {
            switch (fault) {
                case Fault.Killed killed -> {
                    int node = kill(killed.role());
                    Eventually.pass(killed.millis());
                    group.get(node).startAgain();
                }
                case Fault.Stopped stopped -> {
                    ServerProcess server = group.get(node(stopped.role()));
                    server.pause();
                    try {
                        Eventually.pass(stopped.millis());
                    } finally {
                        server.goOn();
                    }
                }
                case Fault.CutOff cutOff -> cutOff(node(cutOff.role()), cutOff);
                case Fault.Deaf deaf -> {
                    int node = node(deaf.role());
                    for (int other : others(node)) {
                        network.cut(other, node);
                    }
                    Eventually.pass(deaf.millis());
                }
                case Fault.Mute mute -> {
                    int node = node(mute.role());
                    for (int other : others(node)) {
                        network.cut(node, other);
                    }
                    Eventually.pass(mute.millis());
                }
                case Fault.Lossy lossy -> {
                    for (int node = 0; node < NODES; node++) {
                        network.lose(node, lossy.percent());
                    }
                    Eventually.pass(lossy.millis());
                }
                case Fault.SlowDisk slow -> {
                    libcs.get(node(slow.role())).slowSyncs(slow.syncMillis());
                    Eventually.pass(slow.millis());
                }
                case Fault.FullDisk full -> fullDisk(full);
                case Fault.TornLog tornLog -> tornLog(node(tornLog.role()));
                case Fault.Emptied emptied -> {
                    int node = kill(emptied.role());
                    group.lose(node);
                    group.get(node).startAgain();
                    Eventually.holds("it is a member again", LIMIT, () -> group.standing(node).equals("member"));
                }
                case Fault.ClockMoved moved -> {
                    libcs.get(node(moved.role())).moveClock(moved.seconds());
                    Eventually.pass(moved.millis());
                }
                case Fault.ClientKilled killed -> throw new IllegalArgumentException("not of nodes: " + fault);
                case Fault.ClientStopped stopped -> throw new IllegalArgumentException("not of nodes: " + fault);
            }
        } finally {
            heal();
        }
    }

    private int kill(Role role) throws Exception {
        int node = node(role);
        kill(node);
        return node;
    }

    private void kill(int node) throws InterruptedException {
        group.get(node).sigkill();
        libcs.get(node).heal();
    }

    private static List<Integer> others(int node) {
        return List.of((node + 1) % NODES, (node + 2) % NODES);
    }

    private void cutOff(int node, Fault.CutOff fault) throws Exception {
        List<Integer> from = new ArrayList<>(others(node));
        if (fault.alsoFromClients()) {
            from.add(FaultNetwork.CLIENTS);
        }
        for (int other : from) {
            network.cut(node, other);
            network.cut(other, node);
        }
        Eventually.pass(fault.millis());
    }

    private void fullDisk(Fault.FullDisk full) throws Exception {
        byte[] piece = new byte[FILLER_PIECE_BYTES];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(piece);
            }
        } catch (IOException e) {
            // Full, but for less than a piece.
        }
        try (OutputStream out = Files.newOutputStream(filler, StandardOpenOption.APPEND)) {
            while (true) {
                out.write(0);
            }
        } catch (IOException e) {
            // Full.
        }
        Eventually.pass(full.millis());
        Files.delete(filler);
        ServerProcess server = group.get(ON_A_SMALL_DISK);
        if (!server.isAlive()) {
            endedByItself++;
            server.awaitEnd();
            server.startAgain();
        }
    }

    private void tornLog(int node) throws Exception {
        FaultyLibc libc = libcs.get(node);
        libc.holdSyncs();
        Eventually.holds("a sync is held that would make something durable", SYNC_LIMIT, () -> {
            Optional<OpenSegment> open = OpenSegment.of(group.data(node));
            return libc.held() > 0 && open.isPresent() && libc.durableBytes(open.get().path()) >= 0
                    && libc.durableBytes(open.get().path()) < open.get().writtenBytes();
        });
        group.get(node).sigkill();
        OpenSegment open = OpenSegment.of(group.data(node)).orElseThrow();
        torn += open.tear(libc.durableBytes(open.path()), random) > 0 ? 1 : 0;
        libc.forget();
        libc.heal();
        group.get(node).startAgain();
    }

    private void heal() throws IOException, InterruptedException {
        network.heal();
        libcs.forEach(FaultyLibc::heal);
    }

    /** Waits until every node is up and takes the same one for the leader. */
    void awaitWell() throws Exception {
        for (ServerProcess server : group.servers()) {
            server.awaitListening();
        }
        Eventually.holds("all nodes have the same leader", LIMIT, () -> {
            String leader = group.leaderAsSeenBy(0);
            boolean all = leader != null;
            for (int node = 1; node < NODES; node++) {
                all &= Objects.equals(leader, group.leaderAsSeenBy(node));
            }
            return all;
        });
    }

    @Override
    public void close() throws IOException {
        try (network; disk) {
            group.close();
        }
    }
}
