package io.holdfast.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Limits;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Terms;
import io.holdfast.core.Transaction;
import io.holdfast.core.Unfinished;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link Store} must do, whatever it keeps its records in. A subclass says how to open one. */
public abstract class StoreConformance {

    private static final int SEEDS = Integer.getInteger("holdfast.runs", 5);
    private static final Payload BODY = Payload.of(new byte[]{1, 2, 3});

    /** A store on the storage of this test, not recovered yet. The storage begins empty. */
    protected abstract Store open() throws StorageException;

    /** The storage as it is when the process that owns the store dies: the next {@link #open} sees what is left. */
    protected abstract void crash(Store store) throws StorageException;

    /** The storage of this test, empty again. */
    protected abstract void clear() throws StorageException;

    @Test
    void manyLivesAreAsOne() throws StorageException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                clear();
                new StoreLives(this, seed).run();
            } catch (AssertionError | RuntimeException | StorageException e) {
                throw new AssertionError("seed=" + seed, e);
            }
        }
    }

    @Test
    void newStoreIsEmpty() throws StorageException {
        try (Store store = open()) {
            assertThat(store.recover().stateHash()).isEqualTo(new Core().stateHash());
            assertThat(ordinals(store, 0)).isEmpty();
            assertThat(store.find("g")).isNull();
            assertThat(store.body("g", 0, BodyKind.PAYLOAD)).isNull();
            assertThat(store.expire(State.CONFIRMED, Long.MAX_VALUE, Long.MAX_VALUE, 1)).isZero();
            assertThat(store.freeBytes()).isPositive();
        }
    }

    @Test
    void withoutACutNothingSurvives() throws StorageException {
        for (boolean clean : new boolean[]{true, false}) {
            Store store = recovered();
            store.archive(finished(0, 300));
            assertThat(ordinals(store, 0)).hasSize(300);
            if (clean) {
                store.close();
            } else {
                crash(store);
            }
        }
        try (Store store = recovered()) {
            assertThat(ordinals(store, 0)).isEmpty();
            assertThat(store.find("g0")).isNull();
        }
    }

    @Test
    void whatWasArchivedIsFoundAtOnce() throws StorageException {
        try (Store store = recovered()) {
            for (int i = 0; i < 300; i++) {
                store.archive(finished(i, 1));
                assertThat(store.find("g" + i)).isEqualTo(finished(i));
                assertThat(store.find("g" + (i + 1))).isNull();
            }
            assertThat(ordinals(store, 0)).isEqualTo(range(0, 300));
        }
    }

    @Test
    void aBusinessKeyFindsItsTransactionUntilThatIsForgotten() throws StorageException {
        Finished keyed = keyed(0, "order-7");
        Store store = recovered();
        store.archive(List.of(keyed, keyed(1, "")));
        assertThat(store.findByBusinessKey("order-7")).isEqualTo(keyed);
        assertThat(store.findByBusinessKey("order-8")).isNull();
        assertThat(store.findByBusinessKey("g0")).isNull();
        assertThat(store.find("order-7")).isNull();
        store.cut(cut(1, 2, 0), List.of());
        assertThat(store.findByBusinessKey("order-7")).isEqualTo(keyed);
        store.archive(List.of(keyed(2, "order-9")));
        crash(store);
        store = recovered();
        assertThat(store.findByBusinessKey("order-7")).isEqualTo(keyed);
        assertThat(store.findByBusinessKey("order-9")).isNull();
        assertThat(store.find("g0")).isEqualTo(keyed);
        assertThat(store.expire(State.CONFIRMED, Long.MAX_VALUE, 2, 10)).isEqualTo(2);
        assertThat(store.findByBusinessKey("order-7")).isNull();
        store.close();
    }

    private static Finished keyed(long i, String businessKey) {
        Transaction plain = transaction("g" + i, State.CONFIRMED, i, Progress.DONE);
        Terms terms = new Terms(plain.gid(), Mode.TCC, 1, 2, 0, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL,
                new Attributes("native", "", businessKey, "", List.of(), false));
        return new Finished(new Transaction(terms, plain.state(), plain.branches(), "", 2, 3, i, 4, 0, "", "",
                List.of()), i, i, i / 2);
    }

    @Test
    void archiveBeyondTheCutComesAgain() throws StorageException {
        for (int ahead : new int[]{1, 50, 500}) {
            clear();
            Store store = recovered();
            store.archive(finished(0, 200 + ahead));
            store.cut(cut(1, 200, 0), List.of());
            crash(store);
            store = recovered();
            assertThat(ordinals(store, 0)).as("ahead by %s", ahead).isEqualTo(range(0, 200));
            assertThat(store.find("g199")).isEqualTo(finished(199));
            assertThat(store.find("g200")).isNull();
            store.archive(finished(200, ahead + 10));
            assertThat(ordinals(store, 0)).isEqualTo(range(0, 210 + ahead));
            assertThat(store.find("g200")).isEqualTo(finished(200));
            store.close();
        }
    }

    @Test
    void scanBeginsAnywhereAndEndsWhenItIsTold() throws StorageException {
        try (Store store = recovered()) {
            store.archive(finished(0, 700));
            for (long from : new long[]{0, 1, 127, 128, 129, 384, 699, 700, 5_000, Long.MAX_VALUE}) {
                assertThat(ordinals(store, from)).isEqualTo(range(Math.min(from, 700), 700));
            }
            List<Finished> seen = new ArrayList<>();
            store.scan(100, row -> {
                seen.add(row);
                return seen.size() < 3;
            });
            assertThat(seen).containsExactly(finished(100), finished(101), finished(102));
        }
    }

    @Test
    void gapsAndRepetitionsAreRefused() throws StorageException {
        try (Store store = recovered()) {
            store.archive(finished(0, 10));
            assertThatThrownBy(() -> store.archive(finished(9, 1))).isInstanceOf(IllegalStateException.class);
        }
        try (Store store = recovered()) {
            assertThatThrownBy(() -> store.archive(finished(1, 1))).isInstanceOf(IllegalStateException.class);
        }
        try (Store store = recovered()) {
            store.archive(finished(0, 10));
            assertThatThrownBy(() -> store.archive(List.of(finished(10), finished(12))))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void cutBeyondTheArchiveIsRefused() throws StorageException {
        try (Store store = recovered()) {
            store.archive(finished(0, 10));
            assertThatThrownBy(() -> store.cut(cut(1, 11, 0), List.of())).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whatExpiresIsGoneAtOnceAndForEver() throws StorageException {
        Store store = recovered();
        store.archive(finished(0, 400));
        store.cut(cut(1, 400, 100), List.of());
        // Of every three one is confirmed: 0, 3, 6, and so on; position and wall time are the same.
        assertThat(store.expire(State.CONFIRMED, 200, 300, 1_000)).isEqualTo(67);
        assertThat(store.expire(State.CONFIRMED, 200, 300, 1_000)).isZero();
        List<Long> left = LongStream.range(0, 400).filter(i -> i % 3 != 0 || i >= 200).boxed().toList();
        assertLeft(store, left);
        store.archive(finished(400, 1));
        store.cut(cut(2, 401, 100), List.of());
        crash(store);
        store = recovered();
        left = LongStream.range(0, 401).filter(i -> i % 3 != 0 || i >= 200).boxed().toList();
        assertLeft(store, left);
        store.close();
    }

    private static void assertLeft(Store store, List<Long> left) throws StorageException {
        assertThat(ordinals(store, 0)).isEqualTo(left);
        for (long i = 0; i <= left.getLast(); i++) {
            assertThat(store.find("g" + i)).isEqualTo(left.contains(i) ? finished(i) : null);
        }
    }

    @Test
    void whatTheCoreKeepsDoesNotExpire() throws StorageException {
        Store store = recovered();
        store.archive(finished(0, 300));
        store.cut(cut(1, 300, 90), List.of());
        for (State outcome : List.of(State.CONFIRMED, State.CANCELLED, State.SETTLED_BY_HAND)) {
            assertThat(store.expire(outcome, Long.MAX_VALUE, 210, 1_000)).isEqualTo(70);
        }
        crash(store);
        try (Store again = open()) {
            assertThat(again.recover().finishedKept()).isEqualTo(90);
        }
    }

    @Test
    void whatTheLastCutKeptDoesNotExpireEvenIfTheCoreHasLetItGo() throws StorageException {
        Store store = recovered();
        store.archive(finished(0, 300));
        store.cut(cut(1, 300, 300), List.of());
        store.archive(finished(300, 300));
        store.expire(State.CONFIRMED, Long.MAX_VALUE, 600, 1_000);
        crash(store);
        try (Store again = open()) {
            assertThat(again.recover().finishedKept()).isEqualTo(300);
        }
    }

    @Test
    void expiryStopsAtTheFirstThatIsTooYoungAndAtTheMost() throws StorageException {
        try (Store store = recovered()) {
            store.archive(finished(0, 900));
            store.cut(cut(1, 900, 0), List.of());
            int forgotten = store.expire(State.CANCELLED, Long.MAX_VALUE, Long.MAX_VALUE, 10);
            assertThat(forgotten).isBetween(1, 138);
            assertThat(store.find("g1")).isNull();
            assertThat(store.find("g" + (1 + 3 * forgotten))).isNotNull();
            assertThat(store.expire(State.CANCELLED, 1, Long.MAX_VALUE, 10)).isZero();
        }
    }

    @Test
    void bodiesComeBackAsTheyWereCut() throws StorageException {
        // Ids that would collide if one of them ran into what stands behind it.
        List<String> gids = List.of("a", "a\0", "a\0\0\0\0", "a\0\0\0\0\0\1", "a\0\0\0\1\1", "\u00e9");
        List<KeptBody> bodies = new ArrayList<>();
        List<Unfinished> unfinished = new ArrayList<>();
        for (int i = 0; i < gids.size(); i++) {
            unfinished.add(new Unfinished(transaction(gids.get(i), State.CONFIRMING, 0, Progress.OWED), i));
            for (int branch = 0; branch < 2; branch++) {
                byte[] bytes = new byte[(i + 1) * (branch + 1) * 3_000];
                bytes[0] = (byte) (i * 2 + branch);
                bodies.add(new KeptBody(gids.get(i), branch, BodyKind.PAYLOAD, Payload.of(bytes)));
                bodies.add(new KeptBody(gids.get(i), branch, BodyKind.TRY_RESULT, branch == 0 ? Payload.EMPTY : BODY));
            }
        }
        Store store = recovered();
        store.cut(new Cut(header(1, gids.size(), 0, 0), unfinished, List.of()), bodies);
        assertHolds(store, bodies);
        crash(store);
        store = recovered();
        assertHolds(store, bodies);
        Finished ended = new Finished(transaction("a\0", State.CONFIRMED, 5, Progress.DONE), 1, 0, 2);
        store.archive(List.of(ended));
        store.cut(new Cut(header(2, gids.size(), 1, 0), List.of(),
                List.of(new Cut.Removed(ended.transaction(), 1))), List.of());
        store.close();
        store = recovered();
        for (KeptBody body : bodies) {
            assertThat(store.body(body.gid(), body.branchIndex(), body.kind()))
                    .isEqualTo(body.gid().equals("a\0") ? null : body.payload());
        }
        store.close();
    }

    private static void assertHolds(Store store, List<KeptBody> bodies) throws StorageException {
        for (KeptBody body : bodies) {
            assertThat(store.body(body.gid(), body.branchIndex(), body.kind())).isEqualTo(body.payload());
            assertThat(store.body(body.gid(), body.branchIndex() + 2, body.kind())).isNull();
        }
    }

    @Test
    void nothingIsTakenBeforeRecoveryOrAfterClose() throws StorageException {
        Store store = open();
        assertThatThrownBy(() -> store.archive(finished(0, 1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.find("g")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.body("g", 0, BodyKind.PAYLOAD)).isInstanceOf(IllegalStateException.class);
        store.recover();
        store.archive(finished(0, 1));
        store.close();
        store.close();
        assertThatThrownBy(() -> store.archive(finished(1, 1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.cut(cut(1, 1, 0), List.of())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.find("g")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.body("g", 0, BodyKind.PAYLOAD)).isInstanceOf(IllegalStateException.class);
    }

    private Store recovered() throws StorageException {
        Store store = open();
        store.recover();
        return store;
    }

    private static List<Long> ordinals(Store store, long from) throws StorageException {
        List<Long> ordinals = new ArrayList<>();
        store.scan(from, row -> ordinals.add(row.finishedOrdinal()));
        return ordinals;
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    private static Cut cut(long sequence, long finishedOrdinals, int kept) {
        return new Cut(header(sequence, finishedOrdinals, finishedOrdinals, kept), List.of(), List.of());
    }

    private static Cut.Header header(long sequence, long created, long finishedOrdinals, int kept) {
        return new Cut.Header(sequence, 10, 20, 3, Core.VERSION, Limits.DEFAULT, created, finishedOrdinals, kept, 0);
    }

    private static List<Finished> finished(long from, int count) {
        return LongStream.range(from, from + count).mapToObj(StoreConformance::finished).toList();
    }

    /** Outcomes take turns; wall time of the end and position are the same. */
    private static Finished finished(long i) {
        State outcome = List.of(State.CONFIRMED, State.CANCELLED, State.SETTLED_BY_HAND).get((int) (i % 3));
        return new Finished(transaction("g" + i, outcome, i, Progress.DONE), i, i, i / 2);
    }

    private static Transaction transaction(String gid, State state, long finishedWallMillis, Progress forward) {
        Branch branch = new Branch("01", "http://a/confirm", "http://a/cancel", 3, 5, 0, forward, Progress.IDLE, false,
                "", 0, 0);
        Terms terms = new Terms(gid, Mode.TCC, 1, 2, 0, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, Attributes.NONE);
        return new Transaction(terms, state, List.of(branch, branch), "", 2, 3, finishedWallMillis, 4, 0, "", "",
                List.of());
    }
}
