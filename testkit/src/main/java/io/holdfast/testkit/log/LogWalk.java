package io.holdfast.testkit.log;

import io.holdfast.engine.StorageException;
import java.util.SplittableRandom;

/** A group to which everything happens that can, in a random order. */
final class LogWalk {

    private final LogCluster cluster;
    private final SplittableRandom random;
    private final boolean[] isolated;

    LogWalk(LogGroup group, SplittableRandom random) {
        this.cluster = new LogCluster(group, random);
        this.random = random;
        this.isolated = new boolean[group.size()];
    }

    /** Does as many things as that, then lets everything come right. */
    void run(int steps) throws StorageException {
        cluster.startAll();
        for (int step = 0; step < steps; step++) {
            doSomething();
            cluster.giveCuts();
            for (int i = random.nextInt(20); i >= 0; i--) {
                cluster.pollAll();
            }
        }
        for (int node = 0; node < cluster.members().size(); node++) {
            if (isolated[node]) {
                cluster.group().reconnect(node);
            }
            LogMember member = cluster.members().get(node);
            if (!member.isUp()) {
                member.start(member.released());
            }
        }
        cluster.commit(1);
        cluster.awaitAllTold();
        cluster.end();
    }

    private void doSomething() throws StorageException {
        int node = random.nextInt(cluster.members().size());
        LogMember member = cluster.members().get(node);
        int drawn = random.nextInt(40);
        if (drawn < 3) {
            changeLink(node, drawn == 0);
        } else if (drawn < 8) {
            if (!member.isUp()) {
                // The store may hold more than was released, never less.
                member.start(random.nextLong(member.released(), Math.max(member.released(), member.told()) + 1));
            } else if (drawn == 3) {
                member.crash();
            } else if (drawn == 4) {
                member.stop();
            }
        } else if (drawn < 10) {
            if (member.isUp() && member.told() > member.released()) {
                member.release(random.nextLong(member.released(), member.told() + 1));
            }
        } else if (drawn < 15) {
            if (member.isUp()) {
                member.read();
            }
        } else {
            cluster.proposeWhereFree(null);
        }
    }

    private void changeLink(int node, boolean cut) {
        if (cut && !isolated[node] && isolated.length > 1) {
            cluster.group().isolate(node);
            isolated[node] = true;
        } else if (!cut && isolated[node]) {
            cluster.group().reconnect(node);
            isolated[node] = false;
        }
    }
}
