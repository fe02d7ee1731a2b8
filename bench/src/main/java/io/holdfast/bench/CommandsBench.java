package io.holdfast.bench;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.engine.Clock;
import io.holdfast.engine.Engine;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.codec.CommandEncoder;
import io.holdfast.engine.runner.EngineThreads;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.log.NioDisk;
import io.holdfast.store.RocksStore;
import io.holdfast.store.StoreOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Durable commands through engine and log: whole TCC transactions of two branches with nothing to call, begun with their branches
 * and confirmed, so two durable waits each, with cuts, archive and ids of the engine as in production. Floor: a bare group-commit log with records of the same mean size, by the same
 * callers. The two take turns, because machines drift.
 */
final class CommandsBench implements Benchmark {

    private static final int CALLERS = 256;
    /** Of an id that the engine issues. */
    private static final int GID_CHARACTERS = 25;
    private static final int COMMANDS_PER_TRANSACTION = 2;
    /** Short turns, because what else runs on the machine changes within seconds. */
    private static final int TURN_SECONDS = 3;

    @Override
    public String name() {
        return "commands";
    }

    @Override
    public List<BenchResult> run(Path directory, int seconds, Progress progress) throws Exception {
        int turns = Math.max(1, seconds / TURN_SECONDS);
        int turnMillis = seconds * 1_000 / turns;
        byte[] record = new byte[meanCommandBytes()];
        List<Callers.Measured> floors = new ArrayList<>();
        List<Callers.Measured> products = new ArrayList<>();
        try (BareLog bare = new BareLog(directory.resolve("bare.log"));
                Node node = new Node(directory)) {
            for (int turn = 0; turn < turns; turn++) {
                int warmUpMillis = turn == 0 ? 6_000 : 500;
                floors.add(Callers.run(CALLERS, warmUpMillis, turnMillis, 1, (caller, round) -> bare.append(record)));
                progress.say("floor " + Math.round(floors.get(turn).opsPerSecond()) + " records/s");
                products.add(Callers.run(CALLERS, warmUpMillis, turnMillis, COMMANDS_PER_TRANSACTION,
                        (caller, round) -> node.transaction()));
                progress.say("holdfast " + Math.round(products.get(turn).opsPerSecond()) + " commands/s");
            }
        }
        return List
                .of(BenchResult.of("commands", "records/s of a bare group-commit log, " + record.length + " B", floors,
                        "commands/s, two-branch TCC, empty URLs", products));
    }

    private static int meanCommandBytes() {
        return (CommandEncoder.encode(begin("0".repeat(GID_CHARACTERS))).length
                + CommandEncoder.encode(confirm("0".repeat(GID_CHARACTERS))).length)
                / COMMANDS_PER_TRANSACTION;
    }

    private static Command begin(String gid) {
        return new Command.Begin(gid, Mode.TCC, 30_000, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, Attributes.NONE,
                List.of(new BranchSpec("01", "", "", Payload.EMPTY), new BranchSpec("02", "", "", Payload.EMPTY)));
    }

    private static Command confirm(String gid) {
        return new Command.Decide(gid, Decision.CONFIRM, "", List.of());
    }

    /** A production engine on real files. */
    private static final class Node implements AutoCloseable {

        private final Engine engine;
        private final EngineThreads threads;

        Node(Path directory) throws Exception {
            RandomGenerator random = RandomGenerator.getDefault();
            engine = new Engine(new FileLog(NioDisk.open(directory.resolve("log")), FileLogOptions.DEFAULT, random),
                    new RocksStore(directory.resolve("store"), StoreOptions.DEFAULT), (call, whenDone) -> {
                        throw new IllegalStateException("nothing has a URL here");
                    }, Clock.SYSTEM, random, EngineOptions.DEFAULT, failure -> failure.printStackTrace());
            engine.recover();
            threads = new EngineThreads(engine, Throwable::printStackTrace);
        }

        void transaction() throws Exception {
            String gid = engine.newGid();
            expectDone(engine.submit(begin(gid)).get());
            expectDone(engine.submit(confirm(gid)).get());
        }

        private static void expectDone(Reply reply) {
            if (!(reply instanceof Reply.Done)) {
                throw new IllegalStateException("refused: " + reply);
            }
        }

        @Override
        public void close() throws Exception {
            threads.close();
        }
    }
}
