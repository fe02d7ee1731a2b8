package io.holdfast.engine;

import io.holdfast.api.Operation;
import io.holdfast.core.Command;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Healing;
import io.holdfast.core.Outcome;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.engine.dispatch.Dispatcher;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node: log, core, store and dispatcher behind the {@link Coordinator} that the wires see.
 * <p>
 * Life: the constructor, {@link #recover} once, then {@link #owners} are polled, each by one thread (or all by one), until
 * {@link #close}. The order that everything rests on:
 * <ol>
 * <li>a command is encoded by whoever submits it and waits;
 * <li>the owner of the log writes and syncs what waits as one entry;
 * <li>the owner of the core applies it, keeps bodies, tells the dispatcher what is owed and the store what has finished, and
 * sends replies;
 * <li>the dispatcher calls participants; their definite answers come back as commands;
 * <li>now and then the core hands a cut to the owner of the store, and once that is durable the log reuses its room.
 * </ol>
 * So a decision is durable before a call leaves and before anybody is told (guarantees G1 and G6).
 */
public final class Engine implements Coordinator, AutoCloseable {

    private final ReplicatedLog log;
    private final Clock clock;
    private final EngineOptions options;
    private final Store store;
    private final BodyStore bodies;
    private final Dispatcher dispatcher;
    private final Proposer proposer;
    private final Applier applier;
    private final DispatchOwner dispatch;
    private final StoreOwner storeOwner;
    private final ArchiveLookups lookups;
    private final Queries queries;
    private final Consumer<StorageException> onFailure;
    private Core core = new Core();
    private long replayedBytes;
    private Healing healedByReplay = Healing.NONE;
    private long storeRecoveryNanos;
    private boolean recovering;
    private @Nullable StorageException failedToRecover;
    private volatile @Nullable GidIssuer gids;
    private volatile boolean failed;
    private volatile boolean serving;
    private Consumer<Boolean> watcher = on -> {
    };

    /** An engine that is alone, on a log of its own: it leads from {@link #recover} to {@link #close}. */
    public Engine(Log log, Store store, Participants participants, Clock clock, RandomGenerator random,
            EngineOptions options, Consumer<StorageException> onFailure) {
        this(new OneCopy(log), store, participants, clock, random, options, onFailure);
    }

    /**
     * One of the engines of a group. While its node does not lead, it applies what others log and refuses what it is asked with
     * {@link EngineUnavailable}.
     *
     * @param random    for jitter and for the salt of ids; used by the dispatcher's thread after {@link #recover}
     * @param onFailure told once, on the owner's thread, when log or store fail: nothing is acknowledged or called from then on,
     *                  and the process has to end
     */
    public Engine(ReplicatedLog log, Store store, Participants participants, Clock clock, RandomGenerator random,
            EngineOptions options, Consumer<StorageException> onFailure) {
        this.log = log;
        this.store = store;
        this.bodies = new BodyStore(store);
        this.clock = clock;
        this.options = options;
        this.onFailure = onFailure;
        Bell coreBell = new Bell();
        this.storeOwner = new StoreOwner(store, bodies, clock, options, coreBell, new StoreOwner.Events() {
            @Override
            public void cutDurable(long sequence) {
                proposer.releaseThrough(sequence);
            }

            @Override
            public void failed(StorageException cause) {
                fail(cause);
            }
        });
        this.proposer = new Proposer(log, clock, options, coreBell, storeOwner::isTight, this::fail);
        this.dispatcher = new Dispatcher(participants, new Dispatcher.Outbox() {
            @Override
            public void propose(Command command) {
                proposer.propose(command);
            }

            @Override
            public void ended(Object ticket, Participants.Result result) {
                Engine.this.ended(ticket, result);
            }

            @Override
            public Payload body(Transaction transaction, int branchIndex, Operation operation)
                    throws StorageException {
                return bodies.forCall(transaction, branchIndex, operation);
            }
        }, clock, random, options.dispatch());
        this.dispatch = new DispatchOwner(dispatcher);
        participants.whenThereIsRoom(dispatch.bell()::ring);
        this.lookups = new ArchiveLookups(storeOwner, proposer);
        this.queries = new Queries(options.maxWaiting(), log, coreBell);
        this.applier = new Applier(bodies, coreBell, queries, proposer, dispatch, storeOwner, lookups, options,
                new SplittableRandom(random.nextLong()), new Applier.Duties() {
                    @Override
                    public void begin(long salt) {
                        gids = new GidIssuer(clock, salt, proposer::appliedSequence);
                        onDuty(true);
                    }

                    @Override
                    public void end() {
                        onDuty(false);
                    }
                });
    }

    private void ended(Object ticket, Participants.Result result) {
        dispatch.tell(() -> dispatcher.ended(ticket, result));
    }

    /**
     * Takes the last cut from the store and replays the log from there. Whoever leads logs that it has taken over; what is owed
     * after that follows from the state alone.
     *
     * @throws StorageException if log or store are damaged, in use, do not belong together, or do not take the first entry
     */
    public void recover() throws StorageException {
        long beganNanos = clock.nanos();
        core = store.recover();
        storeRecoveryNanos = clock.nanos() - beganNanos;
        Replay replay = new Replay(core);
        long keptByCut = core.finishedOrdinals() - core.finishedKept();
        long last = log.recover(replay.cutSequence(), (sequence, payload) -> {
            replayedBytes += payload.remaining();
            replayed(replay.apply(sequence, payload));
        });
        replay.end(last);
        healedByReplay = core.healing();
        storeOwner.start(keptByCut);
        applier.start(core, replayedBytes);
        proposer.start(core.sequence(), core.nowMillis());
        leadIfAlone(replay.cutSequence() == 0);
    }

    /** Takes over if the log says so at once: then commands are taken when {@link #recover} returns. */
    private void leadIfAlone(boolean storeIsNew) throws StorageException {
        recovering = true;
        pollAll();
        if (storeIsNew && applier.isServing()) {
            // From now on the store knows that there is a log: one that is gone is not taken for a new one (guarantee G9).
            applier.cutFor(new AtCut(() -> {
            }));
            pollAll();
        }
        recovering = false;
    }

    private void pollAll() throws StorageException {
        while (proposer.poll() + applier.poll() + storeOwner.poll() > 0) {
            // What one did may be work for another.
        }
        if (failedToRecover != null) {
            throw failedToRecover;
        }
    }

    /** How much of {@link #recover} it took to read the last cut; the rest went to the log. */
    public long storeRecoveryNanos() {
        return storeRecoveryNanos;
    }

    private void replayed(Outcome outcome) throws StorageException {
        outcome.kept().forEach(bodies::keep);
        for (Finished finished : outcome.finished()) {
            bodies.drop(finished.transaction().gid());
        }
        if (!outcome.finished().isEmpty()) {
            store.archive(outcome.finished());
        }
    }

    /** What has to be polled: log, core, dispatcher and store, in the order in which a command passes them. */
    public List<Owner> owners() {
        return List.of(proposer, applier, dispatch, storeOwner);
    }

    private void fail(StorageException cause) {
        failed = true;
        dispatch.stop();
        storeOwner.stop();
        proposer.giveUp();
        if (recovering) {
            failedToRecover = cause;
        } else {
            onFailure.accept(cause);
        }
    }

    private void onDuty(boolean on) {
        serving = on;
        watcher.accept(on);
    }

    /** Whether this node leads, as far as it knows, and takes commands. Thread-safe. */
    public boolean isServing() {
        return serving && !failed;
    }

    /** @param changed told on an owner's thread whenever {@link #isServing} changes. Called before {@link #recover} */
    public void watchServing(Consumer<Boolean> changed) {
        watcher = changed;
    }

    /** Whether log or store have failed: nothing is acknowledged or called any more. */
    public boolean hasFailed() {
        return failed;
    }

    @Override
    public CompletableFuture<Reply> submit(Command command) {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        if (command instanceof Command.Begin begin && applier.someHaveLeft()) {
            begin(begin, reply);
        } else {
            proposer.submit(command, reply);
        }
        return reply;
    }

    /** The core would have to send a begin back whose gid may be in the archive, so that is asked first. */
    private void begin(Command.Begin begin, CompletableFuture<Reply> reply) {
        GidIssuer issuer = gids;
        // That the gid is new says nothing about a business key.
        boolean keyed = !begin.attributes().businessKey().isEmpty();
        long unusedThrough = issuer == null || keyed ? -1 : issuer.unusedThrough(begin.gid());
        if (unusedThrough >= 0) {
            proposer.submit(begin.withLookedAt(unusedThrough), reply);
        } else {
            lookups.begin(begin, reply);
        }
    }

    @Override
    public String newGid() {
        GidIssuer issuer = gids;
        if (issuer == null) {
            throw new EngineUnavailable("this node has not led yet");
        }
        return issuer.next();
    }

    @Override
    public CompletableFuture<@Nullable TransactionView> find(String gid) {
        CompletableFuture<@Nullable TransactionView> found = new CompletableFuture<>();
        ask(found, () -> {
            Transaction transaction = core.find(gid);
            if (transaction == null) {
                findInArchive(gid, found);
            } else if (transaction.state().isFinished()) {
                found.complete(TransactionView.ofFinished(transaction, proposer.logicalNowMillis()));
            } else {
                dispatch.ask(found, () -> view(transaction, found));
            }
        });
        return found;
    }

    private void view(Transaction transaction, CompletableFuture<@Nullable TransactionView> found) {
        List<PendingCall> calls = dispatcher.pending(transaction.gid());
        try {
            found.complete(new TransactionView(transaction, calls, bodies.payloads(transaction),
                    proposer.logicalNowMillis()));
        } catch (StorageException e) {
            ask(found, () -> withoutBodies(transaction, calls, e, found));
        }
    }

    /** Bodies go when a transaction finishes, which it may just have done; else they have to be there. */
    private void withoutBodies(Transaction transaction, List<PendingCall> calls, StorageException why,
            CompletableFuture<@Nullable TransactionView> found) {
        Transaction now = core.find(transaction.gid());
        boolean isOpen = now != null && !now.state().isFinished();
        found.complete(new TransactionView(transaction, calls, TransactionView.noBodies(transaction),
                proposer.logicalNowMillis(), isOpen ? "the store cannot be read: " + why.getMessage() : ""));
    }

    private void findInArchive(String gid, CompletableFuture<@Nullable TransactionView> found) {
        if (!applier.someHaveLeft()) {
            found.complete(null);
            return;
        }
        var unused = storeOwner.find(gid).whenComplete((finished, error) -> {
            if (error != null) {
                found.completeExceptionally(error);
            } else {
                found.complete(finished == null
                        ? null
                        : TransactionView.ofFinished(finished.transaction(), proposer.logicalNowMillis()));
            }
        });
    }

    @Override
    public CompletableFuture<Page> list(ListQuery query) {
        CompletableFuture<Page> found = new CompletableFuture<>();
        Listing listing = new Listing(query);
        ask(found, () -> {
            if (!query.businessKey().isEmpty()) {
                listByKey(listing, found);
            } else if (listing.isInArchive()) {
                listArchive(listing, core.finishedOrdinals() - core.finishedKept(), found);
            } else {
                found.complete(listing.of(core));
            }
        });
        return found;
    }

    /** There is at most one. */
    private void listByKey(Listing listing, CompletableFuture<Page> found) {
        Transaction here = core.findByBusinessKey(listing.businessKey());
        if (here != null || !applier.someHaveLeft()) {
            found.complete(listing.of(here));
            return;
        }
        var unused = storeOwner.ask(from -> from.findByBusinessKey(listing.businessKey()))
                .whenComplete((finished, error) -> {
                    if (error != null) {
                        found.completeExceptionally(error);
                    } else {
                        found.complete(listing.of(finished == null ? null : finished.transaction()));
                    }
                });
    }

    private void listArchive(Listing listing, long before, CompletableFuture<Page> found) {
        var unused = storeOwner.ask(from -> listing.of(from, before)).whenComplete((page, error) -> {
            if (error != null) {
                found.completeExceptionally(error);
            } else {
                found.complete(page);
            }
        });
    }

    @Override
    public CompletableFuture<@Nullable Watch> watch(String gid, Consumer<Transaction> watcher) {
        CompletableFuture<@Nullable Watch> started = new CompletableFuture<>();
        ask(started, () -> applier.follow(gid, watcher, started));
        return started;
    }

    @Override
    public CompletableFuture<@Nullable Transaction> whenFinished(String gid) {
        CompletableFuture<@Nullable Transaction> finished = new CompletableFuture<>();
        ask(finished, () -> applier.watch(gid, finished));
        var unused = finished.whenComplete((transaction, error) -> {
            if (error != null) {
                applier.run(() -> applier.unwatch(gid, finished));
            }
        });
        return finished;
    }

    /**
     * Takes a cut now and, when it is durable, lets {@code action} look at the store, on the store's thread, before anything else
     * is written there: everybody who needs the store waits meanwhile.
     *
     * @return the cut. Fails with {@link EngineUnavailable} if there is none, because the engine stops, another one is waiting or
     *         the disk has only the room left that is kept for what was accepted; or with what {@code action} threw
     */
    public CompletableFuture<Cut.Header> atCut(AtCut.Action action) {
        AtCut asked = new AtCut(action);
        if (storeOwner.isTight()) {
            asked.refuse("the disk has less than " + options.cuts().minFreeBytes()
                    + " bytes left, which are kept for what was accepted");
        } else {
            run(asked.done(), () -> applier.cutFor(asked));
        }
        return asked.done();
    }

    /** Asks the state: whoever is deposed meanwhile does not answer. */
    private void ask(CompletableFuture<?> answer, Runnable query) {
        settle(answer, queries.offer(unlessFailed(answer, query), answer));
    }

    /** Does something on the thread of the core's owner. */
    private void run(CompletableFuture<?> answer, Runnable errand) {
        settle(answer, applier.run(unlessFailed(answer, errand)));
    }

    private Runnable unlessFailed(CompletableFuture<?> answer, Runnable action) {
        return () -> {
            if (failed) {
                answer.completeExceptionally(new EngineUnavailable("the engine has stopped"));
            } else {
                action.run();
            }
        };
    }

    private void settle(CompletableFuture<?> answer, boolean taken) {
        if (!taken) {
            answer.completeExceptionally(new Overloaded("too many queries are waiting: try again later"));
        } else if (failed) {
            // The owner may have looked for the last time before the query was put there.
            answer.completeExceptionally(new EngineUnavailable("the engine has stopped"));
        }
    }

    /** Starts no more calls to participants; those under way may end. Thread-safe. */
    public void drain() {
        dispatch.tell(dispatcher::drain);
    }

    /** Figures for health checks and metrics: approximate, taken on the owners' threads. */
    public CompletableFuture<EngineFigures> figures() {
        CompletableFuture<EngineFigures> figures = new CompletableFuture<>();
        run(figures, () -> {
            EngineFigures.Transactions transactions = transactions();
            EngineFigures.Storage storage = storage();
            Healing healing = core.healing().since(healedByReplay);
            dispatch.ask(figures, () -> figures.complete(new EngineFigures(transactions, storage,
                    new EngineFigures.Calls(dispatcher.inFlight(), dispatcher.waitingForRoom(),
                            dispatcher.transactionsOwed(),
                            dispatcher.openTargets(), dispatcher.callsStarted(), dispatcher.callsFailed()),
                    healing)));
        });
        return figures;
    }

    private EngineFigures.Transactions transactions() {
        long oldest = core.oldestUnfinishedWallMillis();
        return new EngineFigures.Transactions(core.unfinished(), core.limits().maxUnfinished(), core.needAttention(),
                core.paused(), oldest == 0 ? 0 : Math.max(0, clock.wallMillis() - oldest), core.finishedKept(),
                core.liveBytes(), core.limits().maxLiveBytes());
    }

    private EngineFigures.Storage storage() {
        return new EngineFigures.Storage(core.sequence(), proposer.waiting(), proposer.logFreeBytes(),
                proposer.logReservedBytes(), applier.bytesSinceCut(), storeOwner.freeBytes(),
                options.cuts().minFreeBytes(), storeOwner.cuts(), storeOwner.expired(),
                storeOwner.expiryAgeMillis());
    }

    /** The core, for those who poll the owners on their own thread: the simulator and tests. */
    public Core core() {
        return core;
    }

    /**
     * Stops. Called when no thread polls the owners any more. Whoever still waits learns that the outcome is unknown.
     *
     * @throws StorageException if the clean stop could not be marked
     */
    @Override
    public void close() throws StorageException {
        boolean clean = !failed;
        failed = true;
        dispatch.stop();
        proposer.stop();
        applier.stop("the server is stopping: the outcome is unknown");
        dispatch.refuseWaiting();
        try {
            if (clean) {
                lastCut();
                log.close();
            }
        } finally {
            storeOwner.stop();
            storeOwner.refuseWaiting("the server is stopping");
            store.close();
        }
    }

    /** So that the next start has nothing to replay. */
    private void lastCut() throws StorageException {
        storeOwner.finish();
        log.releaseThrough(cut());
    }

    /** Takes a cut and stores it, while no thread polls. Returns the entry it was taken after. */
    private long cut() throws StorageException {
        Cut cut = core.cut();
        List<KeptBody> taken = bodies.of(cut.changed());
        store.cut(cut, taken);
        bodies.parked(taken);
        return cut.header().sequence();
    }
}
