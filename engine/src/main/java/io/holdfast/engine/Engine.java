package io.holdfast.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.api.Operation;
import io.holdfast.core.Command;
import io.holdfast.core.Core;
import io.holdfast.core.Entry;
import io.holdfast.core.Outcome;
import io.holdfast.core.Outcome.Obligation;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.engine.codec.CommandEncoder;
import io.holdfast.engine.codec.EntryDecoder;
import io.holdfast.engine.codec.EntryWriter;
import io.holdfast.engine.dispatch.Dispatcher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node: log, core and dispatcher behind the {@link Coordinator} that the wires see.
 * <p>
 * Life: the constructor, {@link #recover} once, then {@link #owners} are polled, each by one thread (or all by one), until
 * {@link #close}. The order that everything rests on:
 * <ol>
 * <li>a command is encoded by whoever submits it and waits;
 * <li>the owner of the log writes and syncs what waits as one entry;
 * <li>the owner of the core applies it, keeps bodies, tells the dispatcher what is owed, and sends replies;
 * <li>the dispatcher calls participants; their definite answers come back as commands.
 * </ol>
 * So a decision is durable before a call leaves and before anybody is told (guarantees G1 and G6).
 */
public final class Engine implements Coordinator, AutoCloseable {

    private final Log log;
    private final Clock clock;
    private final RandomGenerator random;
    private final EngineOptions options;
    private final Core core = new Core();
    private final BodyStore bodies = new BodyStore();
    private final Dispatcher dispatcher;
    private final Proposer proposer;
    private final Applier applier;
    private final DispatchOwner dispatch;
    private final Consumer<StorageException> onFailure;
    private @Nullable GidIssuer gids;
    private volatile boolean failed;

    /**
     * @param random    for jitter and for the salt of ids; used by the dispatcher's thread after {@link #recover}
     * @param onFailure told once, on the owner's thread, when the log fails: nothing is acknowledged or called from then on,
     *                  and the process has to end
     */
    public Engine(Log log, Participants participants, Clock clock, RandomGenerator random, EngineOptions options,
            Consumer<StorageException> onFailure) {
        this.log = log;
        this.clock = clock;
        this.random = random;
        this.options = options;
        this.onFailure = onFailure;
        Bell coreBell = new Bell();
        this.proposer = new Proposer(log, clock, options, coreBell, this::fail);
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
            public Payload body(String gid, int branchIndex, Operation operation) {
                return bodies.forCall(gid, branchIndex, operation);
            }
        }, clock, random, options.dispatch());
        this.dispatch = new DispatchOwner(dispatcher);
        this.applier = new Applier(core, bodies, coreBell, proposer, dispatch, options.maxWaiting());
    }

    private void ended(Object ticket, Participants.Result result) {
        dispatch.tell(() -> dispatcher.ended(ticket, result));
    }

    /**
     * Replays the log and logs that this process has taken over. What is owed after that follows from the state alone.
     *
     * @throws StorageException if the log is damaged, in use, or does not take the first entry
     */
    public void recover() throws StorageException {
        log.recover((sequence, payload) -> replay(decode(sequence, payload)));
        long salt = random.nextLong();
        Command boot = new Command.Boot(core.bootNumber() + 1, salt, options.limits());
        Entry entry = new Entry(core.sequence() + 1, core.nowMillis(), clock.wallMillis(), List.of(boot));
        log.append(entry.sequence(),
                new EntryWriter().write(entry.nowMillis(), entry.wallMillis(),
                        List.of(CommandEncoder.encode(boot))));
        replay(entry);
        gids = new GidIssuer(clock, salt);
        List<Obligation> owed = new ArrayList<>();
        core.forEachObligation(owed::add);
        dispatcher.boot(core.bootNumber());
        dispatcher.owe(owed);
        proposer.start(core.sequence(), core.nowMillis());
        proposer.applied(core.sequence(), core.nextWakeAtMillis());
    }

    private static Entry decode(long sequence, ByteBuffer payload) throws StorageException {
        try {
            return EntryDecoder.decode(sequence, payload);
        } catch (InvalidProtocolBufferException e) {
            throw new StorageException(StorageException.Kind.DAMAGED,
                    "log entry " + sequence + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void replay(Entry entry) {
        Outcome outcome = core.step(entry);
        outcome.kept().forEach(bodies::keep);
        for (Transaction changed : outcome.changed()) {
            if (changed.state().isFinished()) {
                bodies.drop(changed.gid());
            }
        }
    }

    /** What has to be polled: log, core and dispatcher, in the order in which a command passes them. */
    public List<Owner> owners() {
        return List.of(proposer, applier, dispatch);
    }

    private void fail(StorageException cause) {
        failed = true;
        dispatch.stop();
        onFailure.accept(cause);
    }

    /** Whether the log has failed: nothing is acknowledged or called any more. */
    public boolean hasFailed() {
        return failed;
    }

    @Override
    public CompletableFuture<Reply> submit(Command command) {
        return proposer.submit(command);
    }

    @Override
    public String newGid() {
        GidIssuer issuer = gids;
        if (issuer == null) {
            throw new EngineUnavailable("the engine has not recovered yet");
        }
        return issuer.next();
    }

    @Override
    public CompletableFuture<@Nullable TransactionView> find(String gid) {
        CompletableFuture<@Nullable TransactionView> found = new CompletableFuture<>();
        ask(found, () -> {
            Transaction transaction = core.find(gid);
            if (transaction == null) {
                found.complete(null);
                return;
            }
            List<byte[]> payloads = bodies.payloads(gid, transaction.branches().size());
            if (transaction.state().isFinished()) {
                found.complete(new TransactionView(transaction, List.of(), payloads));
            } else {
                dispatch.ask(found,
                        () -> found.complete(new TransactionView(transaction, dispatcher.pending(gid), payloads)));
            }
        });
        return found;
    }

    @Override
    public CompletableFuture<Page> list(ListQuery query) {
        CompletableFuture<Page> found = new CompletableFuture<>();
        ask(found, () -> found.complete(new Listing(core, query).page()));
        return found;
    }

    @Override
    public CompletableFuture<@Nullable Transaction> whenFinished(String gid) {
        CompletableFuture<@Nullable Transaction> finished = new CompletableFuture<>();
        ask(finished, () -> applier.watch(gid, finished));
        var unused = finished.whenComplete((transaction, error) -> {
            if (error != null) {
                applier.query(() -> applier.unwatch(gid, finished));
            }
        });
        return finished;
    }

    private void ask(CompletableFuture<?> answer, Runnable query) {
        boolean taken = applier.query(() -> {
            if (failed) {
                answer.completeExceptionally(new EngineUnavailable("the engine has stopped"));
            } else {
                query.run();
            }
        });
        if (!taken) {
            answer.completeExceptionally(new EngineUnavailable("too many queries are waiting: try again later"));
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
        ask(figures, () -> {
            int unfinished = core.unfinished();
            int finished = core.finishedKept();
            long liveBytes = core.liveBytes();
            long sequence = core.sequence();
            dispatch.ask(figures, () -> figures.complete(new EngineFigures(unfinished, finished, liveBytes, sequence,
                    proposer.logFreeBytes(), proposer.waiting(), dispatcher.inFlight(), dispatcher.transactionsOwed(),
                    dispatcher.openTargets(), dispatcher.callsStarted(), dispatcher.callsFailed())));
        });
        return figures;
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
        if (clean) {
            log.close();
        }
    }
}
