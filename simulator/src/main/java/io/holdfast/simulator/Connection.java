package io.holdfast.simulator;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A stream between a worker and a node, from the worker's attempt to connect until both know that it is gone. Each learns of its end
 * for itself, at some time: the worker may go on with its calls when the node has long heard, and the other way round.
 */
final class Connection {

    private static final int MAX_NOTICE_MILLIS = 500;
    private static final int MAX_LATE_NOTICE_MILLIS = 12_000;

    private final World world;
    private final RandomGenerator random;
    private final SimLink link;
    private final Pipe toNode;
    private final Pipe toWorker;
    private @Nullable SimSession session;
    private boolean gone;

    Connection(World world, RandomGenerator random, SimLink link) {
        this.world = world;
        this.random = random;
        this.link = link;
        int worker = world.network.worker(link.worker.number);
        this.toNode = new Pipe(world, random, worker, link.machine.number);
        this.toWorker = new Pipe(world, random, link.machine.number, worker);
    }

    boolean isGone() {
        return gone;
    }

    /** Asks whatever process runs at the node by then for a session. */
    void open() {
        toNode.send(() -> {
            Node node = link.machine.node;
            if (node == null) {
                lose();
            } else {
                SimSession opened = new SimSession(world, random, node, this, link.worker.number);
                session = opened;
                node.hear(opened::welcome);
            }
        });
    }

    void toNode(Consumer<SimSession> message) {
        toNode.send(() -> {
            SimSession to = session;
            // A machine whose process is gone says so.
            if (to == null || !to.node.isAlive()) {
                lose();
            } else {
                to.node.hear(() -> message.accept(to));
            }
        });
    }

    void toWorker(Consumer<SimLink> message) {
        toWorker.send(() -> {
            if (link.worker.isAlive()) {
                link.worker.hear(() -> message.accept(link));
            } else {
                lose();
            }
        });
    }

    /** What is on its way is lost, and each side hears of it, soon or late or, if it has noticed by itself, after that. */
    void lose() {
        if (gone) {
            return;
        }
        gone = true;
        toNode.close();
        toWorker.close();
        world.schedule.after(noticeMillis(), () -> link.worker.hear(() -> link.lost(this)));
        SimSession at = session;
        if (at != null) {
            world.schedule.after(noticeMillis(), () -> at.node.hear(at::end));
        }
    }

    private int noticeMillis() {
        return random.nextInt(random.nextInt(3) > 0 ? MAX_NOTICE_MILLIS : MAX_LATE_NOTICE_MILLIS);
    }
}
