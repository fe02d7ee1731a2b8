package io.holdfast.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the state. A query runs when it is known that this node led at some moment after the query had come, and the
 * core has all that was committed by then: so no answer is older than its question (guarantee G6), not even from a node that has
 * been deposed and does not know it yet. Queries that come while one confirmation is under way share the next.
 * <p>
 * Put in by any thread; owned by the owner of the core.
 */
final class Queries {

    private static final int MAX_AT_ONCE = 256;

    private final Queue<Query> waiting;
    private final ReplicatedLog log;
    private final Bell bell;
    private List<Query> asked = List.of();
    private @Nullable Confirmation confirmation;

    /** @param answer told if the query cannot be run */
    private record Query(Runnable action, CompletableFuture<?> answer) {}

    /** What the log says about this node's right to answer. */
    private final class Confirmation implements LongConsumer {

        private static final long OPEN = -2;

        private volatile long through = OPEN;

        @Override
        public void accept(long committedThrough) {
            through = committedThrough;
            bell.ring();
        }

        boolean isOver(long appliedSequence) {
            long known = through;
            return known != OPEN && known <= appliedSequence;
        }
    }

    Queries(int maxWaiting, ReplicatedLog log, Bell bell) {
        this.waiting = new MpscAtomicArrayQueue<>(maxWaiting);
        this.log = log;
        this.bell = bell;
    }

    /** Takes a query; false if too many wait. Thread-safe. */
    boolean offer(Runnable action, CompletableFuture<?> answer) {
        boolean taken = waiting.offer(new Query(action, answer));
        bell.ring();
        return taken;
    }

    /** Runs what may be run. Returns how much it did. */
    int poll(long appliedSequence) {
        int done = 0;
        if (confirmation == null && !waiting.isEmpty()) {
            asked = take();
            Confirmation wanted = new Confirmation();
            confirmation = wanted;
            log.confirmRead(wanted);
            done++;
        }
        Confirmation open = confirmation;
        if (open != null && open.isOver(appliedSequence)) {
            confirmation = null;
            List<Query> confirmed = asked;
            asked = List.of();
            for (Query query : confirmed) {
                if (open.through < 0) {
                    query.answer.completeExceptionally(
                            new Coordinator.EngineUnavailable("this node does not lead: ask the one that does"));
                } else {
                    query.action.run();
                }
            }
            done += confirmed.size();
        }
        return done;
    }

    private List<Query> take() {
        List<Query> taken = new ArrayList<>();
        while (taken.size() < MAX_AT_ONCE) {
            Query query = waiting.poll();
            if (query == null) {
                break;
            }
            taken.add(query);
        }
        return taken;
    }

    /** Whether {@link #poll} has nothing to do. */
    boolean isIdle(long appliedSequence) {
        Confirmation open = confirmation;
        return open == null ? waiting.isEmpty() : !open.isOver(appliedSequence);
    }

    /** Tells everybody who waits that nobody knows. */
    void stop(String why) {
        List<Query> left = new ArrayList<>(asked);
        for (Query query = waiting.poll(); query != null; query = waiting.poll()) {
            left.add(query);
        }
        asked = List.of();
        left.forEach(query -> query.answer.completeExceptionally(new Coordinator.EngineUnavailable(why)));
    }
}
