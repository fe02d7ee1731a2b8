package io.holdfast.engine;

import io.holdfast.api.ErrorCode;
import io.holdfast.core.Command;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Limits;
import io.holdfast.core.Outcome;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/** Owns the core: applies durable entries and carries out what follows, in the order that {@link Outcome} prescribes. */
final class Applier implements Owner {

    private static final int MAX_ERRANDS_PER_POLL = 256;

    private Core core = new Core();
    private final BodyStore bodies;
    private final Bell bell;
    private final Queries queries;
    /** What is done on the owner's thread whether this node leads or not. */
    private final Queue<Runnable> errands;
    private final Map<String, List<CompletableFuture<@Nullable Transaction>>> watchers = new HashMap<>();
    private final Followers followers = new Followers();
    private final Proposer proposer;
    private final DispatchOwner dispatch;
    private final StoreOwner store;
    private final ArchiveLookups lookups;
    private final EngineOptions.CutOptions options;
    private final Limits limits;
    private final SplittableRandom salts;
    private final Duties duties;
    /** Which time of leading this is; 0 while this node does not lead. */
    private long leadership;
    /** Whether the boot of this time of leading is in the log: only then is anything called. */
    private boolean serving;
    private long salt;
    /** Bytes of the entries that no cut holds yet. */
    private long bytesSinceCut;
    private long sequenceOfCut;
    /** Whether anything has left the core: before that nothing is looked up. */
    private volatile boolean someHaveLeft;
    /** Somebody wants a cut; null if nobody does. */
    private @Nullable AtCut asked;

    /** The duties of a leader. Told on the owner's thread. */
    interface Duties {
        /** The boot with this salt is in the log: commands are taken from now on. */
        void begin(long salt);

        /** This node leads no more. */
        void end();
    }

    /**
     * @param salts  for the boots, which make ids unique
     * @param duties told when commands are taken, and when no more
     */
    Applier(BodyStore bodies, Bell bell, Queries queries, Proposer proposer, DispatchOwner dispatch, StoreOwner store,
            ArchiveLookups lookups, EngineOptions options, SplittableRandom salts, Duties duties) {
        this.bodies = bodies;
        this.bell = bell;
        this.proposer = proposer;
        this.dispatch = dispatch;
        this.store = store;
        this.lookups = lookups;
        this.options = options.cuts();
        this.limits = options.limits();
        this.salts = salts;
        this.duties = duties;
        this.queries = queries;
        this.errands = new MpscAtomicArrayQueue<>(options.maxWaiting());
    }

    /** Goes on from what was recovered. Called before the first poll. */
    void start(Core recovered, long replayedBytes) {
        core = recovered;
        bytesSinceCut = replayedBytes;
        sequenceOfCut = recovered.sequence();
        someHaveLeft = core.evictedThrough() > 0;
    }

    /** Whether finished transactions may be known to the archive alone. Thread-safe. */
    boolean someHaveLeft() {
        return someHaveLeft;
    }

    /** Whether this node leads and has said so in the log. */
    boolean isServing() {
        return serving;
    }

    /** Runs something on the owner's thread, whether this node leads or not. Thread-safe; false if too much waits. */
    boolean run(Runnable errand) {
        boolean taken = errands.offer(errand);
        bell.ring();
        return taken;
    }

    /** Completes {@code watcher} when the transaction is finished. Called by queries. */
    void watch(String gid, CompletableFuture<@Nullable Transaction> watcher) {
        Transaction now = core.find(gid);
        if (now == null && someHaveLeft) {
            var unused = store.find(gid).whenComplete((found, error) -> {
                if (error != null) {
                    watcher.completeExceptionally(error);
                } else {
                    watcher.complete(found == null ? null : found.transaction());
                }
            });
        } else if (now == null || now.state().isFinished()) {
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

    /** Bytes of the entries that no cut holds yet. Called by queries. */
    long bytesSinceCut() {
        return bytesSinceCut;
    }

    /** Takes a cut as soon as no other is under way. Called by queries. */
    void cutFor(AtCut wanted) {
        if (asked != null) {
            wanted.refuse("another is waiting for a cut");
        } else {
            asked = wanted;
            cutIfAsked();
        }
    }

    private void cutIfAsked() {
        AtCut wanted = asked;
        if (wanted != null && !store.isCutUnderWay()) {
            asked = null;
            bytesSinceCut = 0;
            sequenceOfCut = core.sequence();
            Cut cut = core.cut();
            store.cut(cut, bodies.of(cut.changed()), wanted);
        }
    }

    /** Tells {@code watcher} of each change until the transaction is finished. Called by queries. */
    void follow(String gid, Consumer<Transaction> watcher, CompletableFuture<Coordinator.@Nullable Watch> started) {
        Transaction now = core.find(gid);
        if (now == null && someHaveLeft) {
            var unused = store.find(gid).whenComplete((found, error) -> {
                if (error != null) {
                    started.completeExceptionally(error);
                } else {
                    started.complete(found == null ? null : Followers.toldAlready(found.transaction(), watcher));
                }
            });
        } else if (now == null) {
            started.complete(null);
        } else if (now.state().isFinished()) {
            started.complete(Followers.toldAlready(now, watcher));
        } else {
            followers.add(gid, watcher);
            watcher.accept(now);
            started.complete(() -> run(() -> followers.remove(gid, watcher)));
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
        while (!store.isBehind()) {
            FromLog told = proposer.takeDurable();
            if (told == null) {
                break;
            }
            switch (told) {
                case FromLog.Batch batch -> apply(batch);
                case FromLog.Leads leads -> lead(leads.leadership());
                case FromLog.Follows follows -> follow();
            }
            done++;
        }
        for (int i = 0; i < MAX_ERRANDS_PER_POLL; i++) {
            Runnable errand = errands.poll();
            if (errand == null) {
                break;
            }
            errand.run();
            done++;
        }
        // What was durable when the query came has been applied by now, so a reader sees its own writes.
        done += queries.poll(core.sequence());
        cutIfAsked();
        return done;
    }

    /** Everything that leaders before this node got committed has been applied: the log is told who leads now. */
    private void lead(long number) {
        leadership = number;
        salt = salts.nextLong();
        proposer.takeOver(number, core.nowMillis(), new Command.Boot(core.bootNumber() + 1, salt, limits));
    }

    /** The first entry of this time of leading, its boot, has been applied. What is owed follows from the state alone. */
    private void serve() {
        serving = true;
        List<Outcome.Obligation> owed = new ArrayList<>();
        core.forEachObligation(owed::add);
        dispatch.takeOver(core.bootNumber(), owed);
        proposer.open(leadership);
        duties.begin(salt);
    }

    private void follow() {
        leadership = 0;
        serving = false;
        dispatch.stepDown();
        duties.end();
    }

    private void apply(FromLog.Batch batch) {
        Outcome outcome = core.step(batch.entry());
        for (Outcome.KeptBody body : outcome.kept()) {
            bodies.keep(body);
        }
        if (serving) {
            dispatch.update(outcome, bodies);
        } else {
            outcome.finished().forEach(finished -> bodies.drop(finished.transaction().gid()));
        }
        if (!outcome.finished().isEmpty()) {
            store.archive(outcome.finished());
        }
        if (!outcome.evicted().isEmpty()) {
            someHaveLeft = true;
        }
        proposer.applied(batch.entry().sequence(), outcome.nextWakeAtMillis());
        if (batch.own() && leadership != 0 && !serving) {
            serve();
        }
        List<Pending> pending = batch.pending();
        for (int i = 0; i < pending.size(); i++) {
            CompletableFuture<Reply> reply = pending.get(i).reply();
            if (reply != null) {
                answer(pending.get(i).command(), outcome.replies().get(i), reply);
            }
        }
        if (!watchers.isEmpty()) {
            tellWatchers(outcome.changed());
        }
        followers.tell(outcome.changed());
        cutIfDue(batch.bytes());
    }

    /** What the core does not know may be in the archive. */
    private void answer(Command command, Reply said, CompletableFuture<Reply> reply) {
        if (said instanceof Reply.LookAgain && command instanceof Command.Begin begin) {
            lookups.begin(begin, reply);
        } else if (someHaveLeft && said instanceof Reply.Refused refused && refused.code() == ErrorCode.NOT_FOUND) {
            lookups.unknown(command, said, reply);
        } else {
            reply.complete(said);
        }
    }

    private void cutIfDue(int bytes) {
        bytesSinceCut += bytes;
        if (!store.isCutUnderWay() && (bytesSinceCut >= options.cutBytes()
                || core.sequence() - sequenceOfCut >= options.cutEntries()
                || core.changedSinceCut() >= options.cutTransactions())) {
            bytesSinceCut = 0;
            sequenceOfCut = core.sequence();
            Cut cut = core.cut();
            store.cut(cut, bodies.of(cut.changed()));
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
        boolean mayCut = asked != null && !store.isCutUnderWay();
        boolean mayApply = proposer.hasDurable() && !store.isBehind();
        return mayApply || !errands.isEmpty() || !queries.isIdle(core.sequence()) || mayCut ? 0 : Long.MAX_VALUE;
    }

    /** Tells everybody who waits that nobody knows. Called by the owner's thread. */
    void stop(String why) {
        for (FromLog told = proposer.takeDurable(); told != null; told = proposer.takeDurable()) {
            if (told instanceof FromLog.Batch batch) {
                batch.pending().forEach(one -> one.abandon(why));
            }
        }
        watchers.values().forEach(list -> list.forEach(
                watcher -> watcher.completeExceptionally(new Coordinator.EngineUnavailable(why))));
        watchers.clear();
        if (asked != null) {
            asked.refuse(why);
            asked = null;
        }
        queries.stop(why);
        for (Runnable errand = errands.poll(); errand != null; errand = errands.poll()) {
            errand.run();
        }
    }
}
