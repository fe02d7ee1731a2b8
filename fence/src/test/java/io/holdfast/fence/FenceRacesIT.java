package io.holdfast.fence;

import static io.holdfast.api.Operation.ACTION;
import static io.holdfast.api.Operation.CANCEL;
import static io.holdfast.api.Operation.COMPENSATE;
import static io.holdfast.api.Operation.CONFIRM;
import static io.holdfast.api.Operation.TRY;
import static io.holdfast.fence.FenceResult.ALREADY_DONE;
import static io.holdfast.fence.FenceResult.CONFLICT;
import static io.holdfast.fence.FenceResult.EMPTY;
import static io.holdfast.fence.FenceResult.RAN;
import static io.holdfast.fence.FenceResult.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls of one branch, and of neighbouring ones, at the same time. */
@ParameterizedClass
@EnumSource(Variant.class)
class FenceRacesIT {
    private static final int THREADS = 8;
    private static final int ROUNDS = 20;
    private static final long SEED = 20_261_122L;

    private final Variant variant;
    private final ExecutorService threads = Executors.newFixedThreadPool(3 * THREADS);
    private Participant participant;

    FenceRacesIT(Variant variant) {
        this.variant = variant;
    }

    @BeforeEach
    void prepare() throws SQLException {
        variant.require();
        participant = new Participant(variant);
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void fiveDeliveriesAtOnceHaveOneEffect(Operation operation) throws Exception {
        for (int round = 0; round < ROUNDS / 4; round++) {
            String gid = Participant.newGid();
            List<String> effects = new ArrayList<>(List.of(operation.wireName()));
            if (operation != TRY && operation != ACTION) {
                Operation first = operation == COMPENSATE ? ACTION : TRY;
                participant.deliver(gid, first);
                effects.add(first.wireName());
            }
            List<FenceResult> results = atOnce(Collections.nCopies(5, () -> participant.deliver(gid, operation)));
            assertThat(results).containsExactlyInAnyOrder(RAN, ALREADY_DONE, ALREADY_DONE, ALREADY_DONE, ALREADY_DONE);
            assertThat(participant.effects(gid)).containsExactlyInAnyOrderElementsOf(effects);
        }
        participant.assertRetriesAreAllowed();
    }

    @ParameterizedTest
    @EnumSource(value = Operation.class, names = {"CANCEL", "COMPENSATE"})
    void fiveDeliveriesAtOnceForABranchThatNeverRanAreAllEmpty(Operation operation) throws Exception {
        for (int round = 0; round < ROUNDS / 4; round++) {
            String gid = Participant.newGid();
            assertThat(atOnce(Collections.nCopies(5, () -> participant.deliver(gid, operation)))).containsOnly(EMPTY);
            assertThat(participant.effects(gid)).isEmpty();
        }
        participant.assertRetriesAreAllowed();
    }

    @Test
    void tryRacingCancelIsEitherUndoneOrRefused() throws Exception {
        raceOpeningWithUndoing(TRY, CANCEL);
    }

    @Test
    void actionRacingCompensateIsEitherUndoneOrRefused() throws Exception {
        raceOpeningWithUndoing(ACTION, COMPENSATE);
    }

    private void raceOpeningWithUndoing(Operation opening, Operation undoing) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String gid = Participant.newGid();
            List<FenceResult> results = atOnce(List.of(() -> participant.deliver(gid, opening),
                    () -> participant.deliver(gid, undoing)));
            assertThat(results).isIn(List.of(RAN, RAN), List.of(REFUSED, EMPTY));
            boolean ran = results.get(0) == RAN;
            assertThat(participant.effects(gid)).containsExactlyInAnyOrderElementsOf(
                    ran ? List.of(opening.wireName(), undoing.wireName()) : List.of());
        }
        participant.assertRetriesAreAllowed();
    }

    @Test
    void confirmRacingCancelLeavesOneOfThem() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String gid = Participant.newGid();
            participant.deliver(gid, TRY);
            List<FenceResult> results = atOnce(
                    List.of(() -> participant.deliver(gid, CONFIRM), () -> participant.deliver(gid, CANCEL)));
            assertThat(results).containsExactlyInAnyOrder(RAN, CONFLICT);
            assertThat(participant.effects(gid)).hasSize(2);
        }
        participant.assertRetriesAreAllowed();
    }

    @Test
    void openTransactionsOnDifferentBranchesDoNotWaitForEachOther() throws Exception {
        // Every third branch is new, every third was tried, every third already cancelled, and their keys lie side by side.
        int branches = 3 * THREADS;
        String gid = Participant.newGid();
        for (int i = 0; i < branches; i++) {
            if (i % 3 != 0) {
                participant.deliver(branch(gid, i, TRY));
            }
            if (i % 3 == 2) {
                participant.deliver(branch(gid, i, CANCEL));
            }
        }
        CyclicBarrier allHaveRun = new CyclicBarrier(branches);
        List<Callable<FenceResult>> calls = new ArrayList<>();
        for (int i = 0; i < branches; i++) {
            BranchCall call = branch(gid, i, CANCEL);
            calls.add(() -> deliverAndMeet(call, allHaveRun));
        }
        List<FenceResult> results = atOnce(calls);
        for (int i = 0; i < branches; i++) {
            assertThat(results.get(i)).isEqualTo(i % 3 == 0 ? EMPTY : i % 3 == 1 ? RAN : ALREADY_DONE);
        }
    }

    @Test
    void manyEmptyCancelsOfNeighbouringBranchesDoNotDeadlock() throws Exception {
        String gid = Participant.newGid();
        List<Callable<FenceResult>> calls = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int first = thread;
            calls.add(() -> {
                // Several in one transaction, which is when locked gaps turn into deadlocks.
                try (Connection connection = participant.begin()) {
                    for (int i = first; i < 20 * THREADS; i += THREADS) {
                        BranchCall call = branch(gid, i, CANCEL);
                        assertThat(participant.fence.guard(connection, call, Participant.effectOf(call)))
                                .isEqualTo(EMPTY);
                    }
                    connection.commit();
                }
                return EMPTY;
            });
        }
        assertThat(atOnce(calls)).hasSize(THREADS);
        assertThat(participant.states(gid)).hasSize(20 * THREADS).containsOnly("never_tried");
    }

    @Test
    void ofTheCallsThatWaitForOneThatFailsExactlyOneRuns() throws Exception {
        String gid = Participant.newGid();
        BranchCall call = Participant.call(gid, TRY);
        DataSource source = new RememberingDataSource(variant);
        CountDownLatch failNow = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        Future<?> failing = threads.submit(() -> {
            try (Connection connection = participant.begin()) {
                participant.fence.guard(connection, call, same -> {
                    Participant.effectOf(call).run(same);
                    inside.countDown();
                    failNow.await();
                    throw new IllegalArgumentException("business says no");
                });
            }
            return null;
        });
        assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
        List<Future<FenceResult>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            // On MariaDB the roll-back of the first leaves the others in a deadlock, before the business of any has begun.
            waiting.add(
                    threads.submit(() -> participant.fence.inTransaction(source, call, Participant.effectOf(call))));
        }
        awaitWaiting(3);
        failNow.countDown();
        assertThat(failing).failsWithin(30, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(IllegalArgumentException.class);
        List<FenceResult> results = new ArrayList<>();
        for (Future<FenceResult> future : waiting) {
            results.add(future.get(30, TimeUnit.SECONDS));
        }
        assertThat(results).containsExactlyInAnyOrder(RAN, ALREADY_DONE, ALREADY_DONE);
        assertThat(participant.effects(gid)).containsExactly("try");
    }

    @Test
    void aBusinessThatGoesOnAfterADeadlockIsNeverASuccess() throws Exception {
        String gid = Participant.newGid();
        BranchCall call = Participant.call(gid, TRY);
        try (Connection setUp = variant.open()) {
            execute(setUp, "create table if not exists hot (id integer primary key, hits integer not null)");
            execute(setUp, "delete from hot");
            execute(setUp, "insert into hot values (1, 0), (2, 0)");
        }
        CyclicBarrier bothHold = new CyclicBarrier(2);
        Future<?> other = threads.submit(() -> {
            try (Connection connection = participant.begin()) {
                // InnoDB ends whoever has written less.
                for (int i = 0; i < 50; i++) {
                    Participant.effectOf(call).run(connection);
                }
                execute(connection, "update hot set hits = hits + 1 where id = 2");
                bothHold.await(30, TimeUnit.SECONDS);
                execute(connection, "update hot set hits = hits + 1 where id = 1");
                connection.rollback();
            }
            return null;
        });
        AtomicBoolean swallowed = new AtomicBoolean();
        try (Connection connection = participant.begin()) {
            participant.fence.guard(connection, call, same -> {
                execute(same, "update hot set hits = hits + 1 where id = 1");
                bothHold.await(30, TimeUnit.SECONDS);
                try {
                    execute(same, "update hot set hits = hits + 1 where id = 2");
                } catch (SQLException e) {
                    swallowed.set(true);
                }
            });
            // PostgreSQL may have ended the other one.
            assertThat(swallowed).isFalse();
            assertThat(variant.dialect()).isEqualTo(Dialect.POSTGRESQL);
            assertThat(other).failsWithin(30, TimeUnit.SECONDS);
        } catch (SQLException | IllegalStateException e) {
            assertThat(swallowed).isTrue();
            other.get(30, TimeUnit.SECONDS);
        }
        assertThat(participant.states(gid)).isEmpty();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void anyOrderOfCallsLeavesOnlyLegalEffects() throws Exception {
        int branches = 30;
        String gid = Participant.newGid();
        List<Callable<FenceResult>> calls = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            Random random = new Random(SEED + thread);
            calls.add(() -> {
                for (int i = 0; i < 60; i++) {
                    int branch = random.nextInt(branches);
                    Operation operation = branch % 2 == 0
                            ? List.of(TRY, CONFIRM, CANCEL).get(random.nextInt(3))
                            : List.of(ACTION, COMPENSATE).get(random.nextInt(2));
                    participant.deliver(new BranchCall(gid + "-" + branch, "01", operation));
                }
                return RAN;
            });
        }
        atOnce(calls);
        for (int branch = 0; branch < branches; branch++) {
            List<String> effects = participant.effects(gid + "-" + branch);
            String seen = "seed=" + SEED + " branch=" + branch;
            assertThat(effects).as(seen).isIn(List.of(), List.of("try"), List.of("confirm", "try"),
                    List.of("cancel", "try"),
                    List.of("action"), List.of("action", "compensate"));
            assertThat(participant.states(gid + "-" + branch)).as(seen).isIn(List.of(), List.of(stateAfter(effects)),
                    effects.isEmpty() ? List.of(branch % 2 == 0 ? "never_tried" : "never_acted") : List.of());
        }
        participant.assertRetriesAreAllowed();
    }

    private static String stateAfter(List<String> effects) {
        return switch (String.join(" ", effects)) {
            case "try" -> "tried";
            case "confirm try" -> "confirmed";
            case "cancel try" -> "cancelled";
            case "action" -> "acted";
            case "action compensate" -> "compensated";
            default -> "none";
        };
    }

    private static BranchCall branch(String gid, int index, Operation operation) {
        return new BranchCall(gid, String.format("%04d", index), operation);
    }

    /** Commits only when as many transactions have got this far: one that waited for another would break the barrier. */
    private FenceResult deliverAndMeet(BranchCall call, CyclicBarrier allHaveRun) throws Exception {
        try (Connection connection = participant.begin()) {
            FenceResult result = participant.fence.guard(connection, call, Participant.effectOf(call));
            allHaveRun.await(8, TimeUnit.SECONDS);
            connection.commit();
            return result;
        }
    }

    private void awaitWaiting(int transactions) throws SQLException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(8);
        while (variant.waitingTransactions() < transactions) {
            assertThat(System.nanoTime()).as("calls never waited for each other").isLessThan(deadline);
            // MariaDB refreshes this view only when nobody has read it for 100 ms.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
        }
    }

    /** Starts all together; the results are in the order of the calls. */
    private List<FenceResult> atOnce(List<Callable<FenceResult>> calls) throws Exception {
        CyclicBarrier start = new CyclicBarrier(calls.size());
        List<Future<FenceResult>> futures = new ArrayList<>();
        for (Callable<FenceResult> call : calls) {
            futures.add(threads.submit(() -> {
                start.await(30, TimeUnit.SECONDS);
                return call.call();
            }));
        }
        List<FenceResult> results = new ArrayList<>();
        for (Future<FenceResult> future : futures) {
            results.add(future.get(60, TimeUnit.SECONDS));
        }
        return results;
    }
}
