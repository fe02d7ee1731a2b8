package io.holdfast.bench.child;

import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import io.holdfast.engine.Clock;
import io.holdfast.engine.Engine;
import io.holdfast.engine.EngineFigures;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.Participants;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.Store;
import io.holdfast.engine.runner.EngineThreads;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.log.NioDisk;
import io.holdfast.raft.RaftLog;
import io.holdfast.raft.RaftSettings;
import io.holdfast.store.RocksStore;
import io.holdfast.store.StoreOptions;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** An engine as in the server, on real files, without wires and participants. Thread-safe. */
final class EngineNode implements AutoCloseable {

    private static final int LANES = 1_024;
    private static final long REPLY_SECONDS = 120;

    private final Engine engine;
    private final EngineThreads threads;

    /**
     * @param directory gets the directories {@code log} and {@code store}, as the data directory of a server
     * @param seen      may put itself before the store
     */
    EngineNode(Path directory, EngineOptions options, UnaryOperator<Store> seen) throws StorageException {
        this(new Engine(
                new FileLog(NioDisk.open(directory.resolve("log")), FileLogOptions.DEFAULT,
                        RandomGenerator.getDefault()),
                seen.apply(store(directory)), EngineNode::noCall, Clock.SYSTEM, RandomGenerator.getDefault(), options,
                EngineNode::die));
    }

    private EngineNode(Engine engine) throws StorageException {
        this.engine = engine;
        engine.recover();
        threads = new EngineThreads(engine, EngineNode::die);
    }

    /** One of a group, whose log is agreed on by its peers. */
    static EngineNode ofGroup(Path directory, RaftSettings settings) throws StorageException {
        RaftLog log = new RaftLog(settings, (leader, firstIndex) -> die(new IllegalStateException(
                "this node lags so far behind that it needs a cut of " + leader + ": nothing can be measured")));
        return new EngineNode(new Engine(log, store(directory), EngineNode::noCall, Clock.SYSTEM,
                RandomGenerator.getDefault(), EngineOptions.DEFAULT, EngineNode::die));
    }

    private static Store store(Path directory) throws StorageException {
        return new RocksStore(directory.resolve("store"), StoreOptions.DEFAULT);
    }

    private static void noCall(Participants.Call call, Consumer<Participants.Result> whenDone) {
        throw new IllegalStateException("nobody has decided that " + call.gid() + " calls anybody");
    }

    private static void die(Throwable failure) {
        failure.printStackTrace();
        Runtime.getRuntime().halt(1);
    }

    /** Whether it leads, and takes commands. */
    boolean isServing() {
        return engine.isServing();
    }

    String newGid() {
        return engine.newGid();
    }

    /** Returns when it is durable and done; throws if it was refused. */
    void submit(Command command) throws Exception {
        expectDone(engine.submit(command).get(REPLY_SECONDS, TimeUnit.SECONDS));
    }

    /** Submits without waiting; {@code whenDone} is told on a thread of the engine, and an answer that is a refusal ends the process. */
    void submitAsync(Command command, Runnable whenDone) {
        var unused = engine.submit(command).whenComplete((reply, failure) -> {
            if (failure != null) {
                die(failure);
            } else if (!(reply instanceof Reply.Done)) {
                die(new IllegalStateException("refused: " + reply));
            }
            whenDone.run();
        });
    }

    private static void expectDone(Reply reply) {
        if (!(reply instanceof Reply.Done)) {
            throw new IllegalStateException("refused: " + reply);
        }
    }

    /** One of many like it. */
    interface Work {
        void run(int number) throws Exception;
    }

    /** Does the work for the numbers from {@code from} to {@code below}, many side by side, and returns when all is done. */
    void forAll(int from, int below, Work work) throws Exception {
        CompletableFuture<?>[] lanes = new CompletableFuture<?>[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            int first = from + lane;
            CompletableFuture<Void> done = new CompletableFuture<>();
            lanes[lane] = done;
            Thread.ofVirtual().start(() -> {
                try {
                    lane(first, below, work);
                    done.complete(null);
                } catch (Throwable failure) {
                    done.completeExceptionally(failure);
                }
            });
        }
        CompletableFuture.allOf(lanes).get();
    }

    private static void lane(int first, int below, Work work) throws Exception {
        for (int i = first; i < below; i += LANES) {
            work.run(i);
        }
    }

    /** Logs a command that changes nothing: it only takes room in the log. */
    void submitForNothing(Command command) throws Exception {
        Reply reply = engine.submit(command).get(REPLY_SECONDS, TimeUnit.SECONDS);
        if (!(reply instanceof Reply.Refused)) {
            throw new IllegalStateException("done: " + reply);
        }
    }

    EngineFigures figures() throws Exception {
        return engine.figures().get(REPLY_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws StorageException {
        threads.close();
    }
}
