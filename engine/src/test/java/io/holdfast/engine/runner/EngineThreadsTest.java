package io.holdfast.engine.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Clock;
import io.holdfast.engine.Engine;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.ForgetfulStore;
import io.holdfast.engine.MemoryLog;
import io.holdfast.engine.Participants;
import io.holdfast.engine.Participants.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EngineThreadsTest {

    private static final int CALLERS = 64;
    private static final int TRANSACTIONS = 1_000;

    @Test
    void aThousandTransactionsOfManyCallersAllEndAsDecided() throws Exception {
        Map<String, AtomicInteger> effects = new ConcurrentHashMap<>();
        ConcurrentLinkedQueue<Throwable> bugs = new ConcurrentLinkedQueue<>();
        try (ExecutorService network = Executors.newVirtualThreadPerTaskExecutor();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Participants participants = (call, whenDone) -> network.execute(() -> {
                effects.computeIfAbsent(call.gid() + " " + call.branchId() + " " + call.operation(),
                        k -> new AtomicInteger()).incrementAndGet();
                whenDone.accept(new Result.Success(false));
            });
            Engine engine = new Engine(new MemoryLog(), new ForgetfulStore(), participants, Clock.SYSTEM,
                    new SplittableRandom(1),
                    EngineOptions.DEFAULT, bugs::add);
            engine.recover();
            try (EngineThreads threads = new EngineThreads(engine, bugs::add)) {
                assertThat(threads).isNotNull();
                List<Future<?>> done = new ArrayList<>();
                for (int caller = 0; caller < CALLERS; caller++) {
                    int first = caller;
                    done.add(callers.submit(() -> {
                        for (int i = first; i < TRANSACTIONS; i += CALLERS) {
                            live(engine, i);
                        }
                        return null;
                    }));
                }
                for (Future<?> one : done) {
                    one.get(120, TimeUnit.SECONDS);
                }
                assertThat(get(engine.figures()).transactions().unfinished()).isZero();
                assertThat(get(engine.figures()).calls().transactionsOwed()).isZero();
            }
        }
        assertThat(bugs).isEmpty();
        assertThat(effects).hasSize(2 * TRANSACTIONS);
        assertThat(effects.values()).allMatch(count -> count.get() == 1);
    }

    /** Every third one is cancelled, every third one is a Saga. */
    private static void live(Engine engine, int number) throws Exception {
        String gid = engine.newGid();
        boolean saga = number % 3 == 2;
        List<BranchSpec> branches = List.of(branch("a"), branch("b"));
        get(engine.submit(new Command.Begin(gid, saga ? Mode.SAGA : Mode.TCC, 60_000, CallPolicy.NATIVE,
                SagaOrder.SEQUENTIAL, Attributes.NONE, branches)));
        Decision decision = number % 3 == 1 ? Decision.CANCEL : Decision.CONFIRM;
        if (!saga) {
            Reply reply = get(engine.submit(new Command.Decide(gid, decision, "", List.of())));
            assertThat(reply).isInstanceOf(Reply.Done.class);
        }
        Transaction end = Objects.requireNonNull(get(engine.whenFinished(gid)));
        assertThat(end.state()).isEqualTo(decision == Decision.CONFIRM ? State.CONFIRMED : State.CANCELLED);
    }

    @Test
    void aBugIsToldOnceAndTheThreadsStillStop() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        AtomicInteger times = new AtomicInteger();
        Participants broken = (call, whenDone) -> {
            throw new IllegalStateException("a bug in an adapter");
        };
        Engine engine = new Engine(new MemoryLog(), new ForgetfulStore(), broken, Clock.SYSTEM, new SplittableRandom(1),
                EngineOptions.DEFAULT,
                failure -> {
                });
        engine.recover();
        EngineThreads threads = new EngineThreads(engine, bug -> {
            times.incrementAndGet();
            told.countDown();
        });
        get(engine.submit(new Command.Begin("g", Mode.SAGA, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL,
                Attributes.NONE, List.of(branch("a")))));
        assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        threads.close();
        assertThat(times).hasValue(1);
    }

    @Test
    void aDeadlineWakesAnIdleEngine() throws Exception {
        Participants participants = (call, whenDone) -> whenDone.accept(new Result.Success(false));
        Engine engine = new Engine(new MemoryLog(), new ForgetfulStore(), participants, Clock.SYSTEM,
                new SplittableRandom(1),
                EngineOptions.DEFAULT, failure -> {
                });
        engine.recover();
        try (EngineThreads threads = new EngineThreads(engine, bug -> {
        })) {
            assertThat(threads).isNotNull();
            get(engine.submit(new Command.Begin("g", Mode.TCC, 50, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL,
                    Attributes.NONE, List.of(branch("a")))));
            assertThat(Objects.requireNonNull(get(engine.whenFinished("g"))).state()).isEqualTo(State.CANCELLED);
        }
    }

    private static BranchSpec branch(String id) {
        return new BranchSpec(id, "http://p/" + id, "http://p/" + id, Payload.of(new byte[100]));
    }

    private static <T extends @Nullable Object> T get(CompletableFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(60, TimeUnit.SECONDS);
    }
}
