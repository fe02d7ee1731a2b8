package io.holdfast.simulator;

import io.holdfast.engine.Bell;
import io.holdfast.engine.ReplicatedLog;
import io.holdfast.engine.codec.EntryWriter;
import io.holdfast.testkit.log.LogGroup;
import io.holdfast.testkit.log.ReplicatedGroupConformance;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;

/** The model of a group promises what the port does: the engine is simulated on nothing else. */
class GroupConformanceTest extends ReplicatedGroupConformance {

    @Override
    protected LogGroup newGroup(long seed) {
        return new Simulated(seed);
    }

    @Override
    protected long[] seeds() {
        return LongStream.range(0, 100).toArray();
    }

    @Override
    protected int steps() {
        return 600;
    }

    private static final class Simulated implements LogGroup {

        private final World world;
        private final Group group;
        private final EntryWriter writer = new EntryWriter();
        private final TreeSet<Integer> needCuts = new TreeSet<>();
        private final Group.Copy[] copies;

        Simulated(long seed) {
            SimOptions options = SimOptions.swarm(0).on(SimOptions.Topology.GROUP).without(Faultless.everything());
            world = new World(seed, options);
            group = new Group(world, (node, leader) -> needCuts.add(node));
            copies = new Group.Copy[world.nodes];
        }

        @Override
        public int size() {
            return world.nodes;
        }

        @Override
        public ReplicatedLog open(int node) {
            needCuts.remove(node);
            Group.Copy copy = group.join(node);
            copies[node] = copy;
            return copy;
        }

        @Override
        public void crash(int node, ReplicatedLog log) {
            copies[node].die();
        }

        @Override
        public void isolate(int node) {
            world.network.cutOff(node);
        }

        @Override
        public void reconnect(int node) {
            world.network.join(node);
        }

        @Override
        public void pass(Bell bell) {
            world.schedule.advance(Math.clamp(world.schedule.nextInNanos(), 1, 5_000_000));
            world.schedule.runDue();
        }

        @Override
        public long nowMillis() {
            return world.schedule.nowMillis();
        }

        /** The model keeps a core that has to understand what is committed; the time tells them apart. */
        @Override
        public byte[] payload(SplittableRandom random, long unique) {
            ByteBuffer entry = writer.write(unique, unique, List.of());
            byte[] payload = new byte[entry.remaining()];
            entry.get(payload);
            return payload;
        }

        @Override
        public boolean takesAnyBytes() {
            return false;
        }

        /** The model keeps up to a hundred. */
        @Override
        public int entriesUntilReleased() {
            return 40;
        }

        @Override
        public int needsCut() {
            Integer node = needCuts.pollFirst();
            return node == null ? -1 : node;
        }

        @Override
        public void installCut(int node, ReplicatedLog donor, long released) {
            // The store is the suite's, and the model takes whatever store there is.
        }

        @Override
        public void close() {
            world.requireWhole();
        }
    }
}
