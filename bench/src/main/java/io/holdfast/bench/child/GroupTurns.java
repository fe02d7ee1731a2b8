package io.holdfast.bench.child;

import io.holdfast.bench.measure.Callers;
import io.holdfast.bench.measure.CpuTime;
import io.holdfast.bench.process.ParentLink;
import io.holdfast.bench.process.ServerJvm;
import io.holdfast.raft.RaftSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Three peers that agree on a log, all in this JVM; whoever leads takes turns when told. */
final class GroupTurns {

    private static final int PEERS = 3;
    private static final UUID GROUP = new UUID(1, 2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LEADER_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** On a machine that others use too a leader may be too late for its followers. */
    private static final int MOST_LOST_TURNS = 5;

    private GroupTurns() {
    }

    static void ofBareRatis(ParentLink parent, List<String> arguments) throws Exception {
        byte[] record = new byte[Shapes.meanCommandBytes()];
        List<BareRatis> peers = new ArrayList<>();
        for (RaftSettings settings : settings(arguments.getFirst())) {
            peers.add(new BareRatis(settings));
        }
        serve(parent, peers, BareRatis::leads, (leader, plan) -> new CommandTurns.Told(
                Callers.run(plan, CpuTime.ofThisProcess(), (caller, round) -> leader.append(record)), 0));
    }

    static void ofEngines(ParentLink parent, List<String> arguments) throws Exception {
        List<EngineNode> nodes = new ArrayList<>();
        for (RaftSettings settings : settings(arguments.getFirst())) {
            nodes.add(EngineNode.ofGroup(Path.of(arguments.getFirst()).resolve("store-" + settings.id()), settings));
        }
        serve(parent, nodes, EngineNode::isServing, CommandTurns::turn);
    }

    /** One for each peer. */
    private static List<RaftSettings> settings(String directory) throws IOException {
        Set<Integer> ports = new HashSet<>();
        while (ports.size() < PEERS) {
            ports.add(ServerJvm.freePort());
        }
        List<RaftSettings.Peer> peers = new ArrayList<>();
        for (int port : ports) {
            peers.add(new RaftSettings.Peer("n" + peers.size(), "127.0.0.1", port));
        }
        return peers.stream()
                .map(peer -> RaftSettings.of(peer.id(), peers, Path.of(directory).resolve("log-" + peer.id()), GROUP))
                .toList();
    }

    private interface Leads<P> {
        boolean now(P peer) throws IOException;
    }

    private interface Turn<P> {
        CommandTurns.Told take(P leader, Callers.Plan plan) throws Exception;
    }

    private static <P> void serve(ParentLink parent, List<P> peers, Leads<P> leads, Turn<P> turn) throws Exception {
        leader(peers, leads);
        parent.answer("ready");
        while (true) {
            Callers.Plan plan = CommandTurns.plan(parent.next());
            parent.answer(turn(parent, peers, leads, turn, plan));
        }
    }

    /** A turn during which the lead is lost is taken again. */
    private static <P> CommandTurns.Told turn(ParentLink parent, List<P> peers, Leads<P> leads, Turn<P> turn,
            Callers.Plan plan) throws Exception {
        for (int lost = 1;; lost++) {
            P leader = leader(peers, leads);
            try {
                return turn.take(leader, plan);
            } catch (IllegalStateException failure) {
                if (leads.now(leader) || lost == MOST_LOST_TURNS) {
                    throw failure;
                }
                parent.say("the lead was lost: once more");
            }
        }
    }

    /** Waits until somebody leads. */
    private static <P> P leader(List<P> peers, Leads<P> leads) throws IOException {
        long end = System.nanoTime() + LEADER_LIMIT_NANOS;
        while (System.nanoTime() - end < 0) {
            for (P peer : peers) {
                if (leads.now(peer)) {
                    return peer;
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        throw new IllegalStateException("none of three peers leads after "
                + TimeUnit.NANOSECONDS.toSeconds(LEADER_LIMIT_NANOS) + " s");
    }
}
