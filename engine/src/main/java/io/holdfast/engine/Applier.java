package io.holdfast.engine;

import io.holdfast.core.Core;
import io.holdfast.core.Outcome;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/** Owns the core: applies durable entries and carries out what follows, in the order that {@link Outcome} prescribes. */
final class Applier implements Owner {

    private static final int MAX_QUERIES_PER_POLL = 256;

    private final Core core;
    private final BodyStore bodies;
    private final Bell bell;
    private final Queue<Runnable> queries;
    private final Map<String, List<CompletableFuture<@Nullable Transaction>>> watchers = new HashMap<>();
    private final Proposer proposer;
    private final DispatchOwner dispatch;

    Applier(Core core, BodyStore bodies, Bell bell, Proposer proposer, DispatchOwner dispatch, int maxQueries) {
        this.core = core;
        this.bodies = bodies;
        this.bell = bell;
        this.proposer = proposer;
        this.dispatch = dispatch;
        this.queries = new MpscAtomicArrayQueue<>(maxQueries);
    }

    /** Runs a query on the owner's thread, after everything durable was applied. Thread-safe; false if too many wait. */
    boolean query(Runnable query) {
        boolean taken = queries.offer(query);
        bell.ring();
        return taken;
    }

    /** Completes {@code watcher} when the transaction is finished. Called by queries. */
    void watch(String gid, CompletableFuture<@Nullable Transaction> watcher) {
        Transaction now = core.find(gid);
        if (now == null || now.state().isFinished()) {
            watcher.complete(now);
        } else {
            watchers.computeIfAbsent(gid, g -> new ArrayList<>(1)).add(watcher);
        }
    }

    /** Forgets a watcher that gave up. Called by queries. */
    void unwatch(String gid, CompletableFuture<@Nullable Transaction> watcher) {
        List<CompletableFuture<@Nullable Transaction>> ofGid = watchers.get(gid);
        if (ofGid != null && ofGid.remove(watcher) && ofGid.isEmpty()) {
            watchers.remove(gid);
        }
    }

    @Override
    public String name() {
        return "core";
    }

    @Override
    public Bell bell() {
        return bell;
    }

    @Override
    public int poll() {
        int done = 0;
        for (Batch batch = proposer.takeDurable(); batch != null; batch = proposer.takeDurable()) {
            apply(batch);
            done++;
        }
        // What was durable when the query came has been applied by now, so a reader sees its own writes.
        for (int i = 0; i < MAX_QUERIES_PER_POLL; i++) {
            Runnable query = queries.poll();
            if (query == null) {
                break;
            }
            query.run();
            done++;
        }
        return done;
    }

    private void apply(Batch batch) {
        Outcome outcome = core.step(batch.entry());
        for (Outcome.KeptBody body : outcome.kept()) {
            bodies.keep(body);
        }
        dispatch.update(outcome, bodies);
        proposer.applied(batch.entry().sequence(), outcome.nextWakeAtMillis());
        List<Pending> pending = batch.pending();
        for (int i = 0; i < pending.size(); i++) {
            CompletableFuture<Reply> reply = pending.get(i).reply();
            if (reply != null) {
                reply.complete(outcome.replies().get(i));
            }
        }
        if (!watchers.isEmpty()) {
            tellWatchers(outcome.changed());
        }
    }

    private void tellWatchers(List<Transaction> changed) {
        for (Transaction transaction : changed) {
            if (transaction.state().isFinished()) {
                List<CompletableFuture<@Nullable Transaction>> waiting = watchers.remove(transaction.gid());
                if (waiting != null) {
                    waiting.forEach(watcher -> watcher.complete(transaction));
                }
            }
        }
    }

    @Override
    public long idleNanos() {
        return proposer.hasDurable() || !queries.isEmpty() ? 0 : Long.MAX_VALUE;
    }

    /** Tells everybody who waits that nobody knows. Called by the owner's thread. */
    void stop(String why) {
        for (Batch batch = proposer.takeDurable(); batch != null; batch = proposer.takeDurable()) {
            batch.pending().forEach(one -> Proposer.abandon(one, why));
        }
        watchers.values().forEach(list -> list.forEach(
                watcher -> watcher.completeExceptionally(new Coordinator.EngineUnavailable(why))));
        watchers.clear();
        for (Runnable query = queries.poll(); query != null; query = queries.poll()) {
            query.run();
        }
    }
}
