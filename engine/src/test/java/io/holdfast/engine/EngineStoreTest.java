package io.holdfast.engine;

import static io.holdfast.api.Decision.CANCEL;
import static io.holdfast.api.Decision.CONFIRM;
import static io.holdfast.api.Mode.SAGA;
import static io.holdfast.api.Mode.TCC;
import static io.holdfast.engine.Rig.assertRefused;
import static io.holdfast.engine.Rig.beginning;
import static io.holdfast.engine.Rig.branch;
import static io.holdfast.engine.Rig.decision;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Cut;
import io.holdfast.core.Limits;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.engine.Coordinator.Page;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.engine.EngineOptions.CutOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the engine does with its store. */
class EngineStoreTest {

    private static final CutOptions CUTS = CutOptions.DEFAULT;

    @Test
    void whatHasLeftTheCoreIsAnsweredAsIfItHadNot() throws StorageException {
        Rig rig = keeping(0);
        finish(rig, "done", CONFIRM);
        assertThat(rig.engine.core().find("done")).isNull();

        assertThat(rig.begin("done", TCC)).isInstanceOfSatisfying(Reply.Done.class, done -> {
            assertThat(done.changed()).isFalse();
            assertThat(done.transaction().state()).isEqualTo(State.CONFIRMED);
        });
        assertRefused(rig.begin("done", SAGA), ErrorCode.MODE_CONFLICT);
        assertThat(rig.submit(decision("done", CONFIRM))).isInstanceOfSatisfying(Reply.Done.class,
                done -> assertThat(done.changed()).isFalse());
        assertRefused(rig.submit(decision("done", CANCEL)), ErrorCode.DECISION_CONFLICT);
        assertRefused(rig.submit(new Command.Register("done", List.of(branch("b")))), ErrorCode.WRONG_STATE);
        assertRefused(rig.submit(new Command.Operate("done", Command.OperatorAction.PAUSE, "ann", "")),
                ErrorCode.WRONG_STATE);
        assertThat(rig.ask(rig.engine.find("done"))).isNotNull();
        assertThat(rig.<@Nullable Transaction>ask(rig.engine.whenFinished("done"))).isNotNull();

        assertRefused(rig.submit(decision("other", CONFIRM)), ErrorCode.NOT_FOUND);
        assertThat(rig.ask(rig.engine.find("other"))).isNull();
        assertThat(rig.<@Nullable Transaction>ask(rig.engine.whenFinished("other"))).isNull();
        assertThat(rig.begin("other", TCC)).isInstanceOfSatisfying(Reply.Done.class,
                done -> assertThat(done.changed()).isTrue());
    }

    /** A branch without a body looks like one whose body was empty. */
    @Test
    void bodiesThatCannotBeReadAreNotLeftOut() throws StorageException {
        Rig rig = rig(EngineOptions.DEFAULT.withCuts(cutEvery(1)));
        rig.begin("g", TCC, branch("a"));
        rig.begin("h", TCC, branch("a"));
        rig.store.bodiesUnreadable = true;

        TransactionView view = Objects.requireNonNull(rig.ask(rig.engine.find("g")));

        assertThat(view.transaction().state()).isEqualTo(State.TRYING);
        assertThatThrownBy(view::bodies).isInstanceOf(Coordinator.EngineUnavailable.class)
                .hasMessageContaining("000007.sst");
        assertThat(rig.submit(decision("g", CANCEL))).isInstanceOf(Reply.Done.class);
    }

    @Test
    void aBeginThatWasOvertakenLooksAgain() throws StorageException {
        Rig rig = keeping(0);
        finish(rig, "first", CONFIRM);
        rig.begin("second", TCC);
        // It is looked for now, and then ends before the begin is applied.
        CompletableFuture<Reply> again = rig.engine.submit(beginning("second", TCC));
        rig.store().poll();
        CompletableFuture<Reply> decided = rig.engine.submit(decision("second", CONFIRM));
        rig.settle();
        assertThat(decided).isDone();
        assertThat(again.join()).isInstanceOfSatisfying(Reply.Done.class,
                done -> assertThat(done.changed()).isFalse());
        assertThat(rig.store.archived()).hasSize(2);
    }

    @Test
    void aBusinessKeyIsLookedForEvenIfTheGidIsNew() throws StorageException {
        Rig rig = keeping(0);
        rig.submit(keyed("first", "order-7"));
        rig.submit(decision("first", CONFIRM));
        assertThat(rig.engine.core().finishedKept()).isZero();
        Reply again = rig.submit(keyed(rig.engine.newGid(), "order-7"));
        assertThat(again).isInstanceOfSatisfying(Reply.Done.class, done -> {
            assertThat(done.changed()).isFalse();
            assertThat(done.transaction().gid()).isEqualTo("first");
        });
        assertThat(rig.submit(keyed("second", "order-8"))).isInstanceOfSatisfying(Reply.Done.class,
                done -> assertThat(done.changed()).isTrue());
        assertThat(rig.ask(rig.engine.list(new ListQuery(List.of(), null, "order-7", 0, 0, "", 10))).transactions())
                .extracting(Transaction::gid).containsExactly("first");
        assertThat(rig.ask(rig.engine.list(new ListQuery(List.of(), null, "order-9", 0, 0, "", 10))).transactions())
                .isEmpty();
    }

    private static Command.Begin keyed(String gid, String businessKey) {
        return new Command.Begin(gid, TCC, 30_000, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL,
                new Attributes("native", "", businessKey, "", List.of(), false), List.of());
    }

    @Test
    void idsIssuedJustNowAreNotLookedFor() throws StorageException {
        Rig rig = keeping(0);
        finish(rig, "first", CONFIRM);
        int before = rig.store.finds();
        String gid = rig.engine.newGid();
        finish(rig, gid, CONFIRM);
        assertThat(rig.store.finds()).isEqualTo(before);
        // Now it is in the archive, and the mark of its issue is older than its end.
        assertThat(rig.begin(gid, TCC)).isInstanceOfSatisfying(Reply.Done.class,
                done -> assertThat(done.changed()).isFalse());
        assertThat(rig.store.finds()).isEqualTo(before + 1);
    }

    @Test
    void whoAsksForACutSeesTheStoreAsItIsThen() throws StorageException {
        Rig rig = keeping(0);
        finish(rig, "before", CONFIRM);
        rig.begin("after", TCC);
        List<String> seen = new ArrayList<>();
        CompletableFuture<Cut.Header> cut = rig.engine.atCut(() -> rig.store.archived()
                .forEach(transaction -> seen.add(transaction.gid())));
        // Comes after the cut was taken, and must not be seen.
        rig.applier().poll();
        CompletableFuture<Reply> decided = rig.engine.submit(decision("after", CONFIRM));
        while (rig.proposer().poll() + rig.applier().poll() > 0) {
            // It is applied, and handed to the store behind the cut.
        }
        rig.settle();
        assertThat(decided).isCompleted();
        assertThat(seen).containsExactly("before");
        assertThat(cut.join()).isEqualTo(rig.store.cuts.getLast().header());
        assertThat(rig.store.archived()).hasSize(2);
    }

    @Test
    void aCutThatIsAskedForWaitsForTheOneUnderWay() throws StorageException {
        Rig rig = keeping(0);
        CompletableFuture<Cut.Header> first = rig.engine.atCut(() -> {
        });
        CompletableFuture<Cut.Header> second = rig.engine.atCut(() -> {
        });
        CompletableFuture<Cut.Header> third = rig.engine.atCut(() -> {
        });
        rig.applier().poll();
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        assertThat(third).isCompletedExceptionally();
        rig.settle();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void whatFailsAfterACutHarmsNobodyElse() throws StorageException {
        Rig rig = keeping(0);
        CompletableFuture<Cut.Header> cut = rig.engine.atCut(() -> {
            throw new StorageException(StorageException.Kind.FULL, "no room to keep it");
        });
        rig.settle();
        assertThat(cut).isCompletedExceptionally();
        assertThat(rig.failures).isEmpty();
        finish(rig, "goes on", CONFIRM);
    }

    @Test
    void noCutIsTakenForOthersWhenTheDiskIsTight() throws StorageException {
        Rig rig = keeping(0);
        int before = rig.store.cuts.size();
        rig.store.freeBytes = CUTS.minFreeBytes() - 1;
        rig.run(2_000);
        CompletableFuture<Cut.Header> cut = rig.engine.atCut(() -> {
        });
        assertThat(cut).isCompletedExceptionally();
        rig.settle();
        assertThat(rig.store.cuts).hasSize(before);
    }

    @Test
    void whoWaitsForACutIsToldOfTheEnd() throws StorageException {
        Rig rig = keeping(0);
        CompletableFuture<Cut.Header> first = rig.engine.atCut(() -> {
        });
        CompletableFuture<Cut.Header> second = rig.engine.atCut(() -> {
        });
        rig.applier().poll();
        rig.engine.close();
        assertThat(first.isDone()).isTrue();
        assertThat(second).isCompletedExceptionally();
    }

    @Test
    void bodiesThatACutHasTakenAreStillSent() throws StorageException {
        Rig rig = rig(EngineOptions.DEFAULT.withCuts(cutEvery(1)));
        rig.script = call -> null;
        BranchSpec branch = branch("a");
        rig.begin("g", TCC, branch);
        rig.submit(decision("g", CONFIRM, new Command.TryResult("a", Rig.payload("the result"))));
        rig.begin("h", TCC, branch);
        rig.submit(decision("h", CANCEL));
        assertThat(rig.store.cuts).isNotEmpty();
        assertThat(rig.calls).extracting(made -> new String(made.call().body().bytes(), StandardCharsets.UTF_8))
                .containsExactly("the result", "body a");
        var view = rig.ask(rig.engine.find("h"));
        assertThat(view).isNotNull();
        rig.calls.forEach(made -> made.whenDone().accept(Rig.OK));
        rig.settle();
        assertThat(rig.engine.core().unfinished()).isZero();
    }

    @Test
    void aBodyThatIsGoneCallsNobodyAndAsksForAttention() throws StorageException {
        Rig rig = rig(EngineOptions.DEFAULT.withCuts(cutEvery(1)));
        rig.begin("g", TCC, branch("a"));
        rig.store.loseBodies();
        rig.submit(decision("g", CANCEL));
        rig.run(300_000);
        assertThat(rig.calls).isEmpty();
        Transaction stuck = rig.engine.core().find("g");
        assertThat(stuck).isNotNull();
        assertThat(stuck == null ? "" : stuck.attention()).isNotEmpty();
        assertThat(stuck == null ? "" : stuck.branches().getFirst().lastError()).contains("payload");
    }

    @Test
    void aStoreThatFailsStopsTheEngine() throws StorageException {
        Rig rig = new Rig();
        rig.store.broken = true;
        rig.begin("g", SAGA);
        rig.settle();
        assertThat(rig.failures).hasSize(1);
        assertThat(rig.engine.hasFailed()).isTrue();
        assertThat(rig.engine.submit(beginning("h", TCC))).isCompletedExceptionally();
        rig.engine.close();
        assertThat(rig.store.closed).isTrue();
    }

    @Test
    void aFullDiskRefusesBeginsAlone() throws StorageException {
        Rig rig = rig(EngineOptions.DEFAULT
                .withCuts(new CutOptions(1 << 20, Long.MAX_VALUE, 100, 100, Retention.DEFAULT, 1_000)));
        rig.begin("g", TCC, branch("a"));
        rig.store.freeBytes = 999;
        rig.run(1_100);
        Reply refused = rig.begin("h", TCC);
        assertRefused(refused, ErrorCode.OVERLOADED);
        assertThat(((Reply.Refused) refused).message()).contains("1000 bytes");
        assertThat(rig.submit(decision("g", CONFIRM))).isInstanceOf(Reply.Done.class);
        rig.store.freeBytes = 1_000;
        rig.run(1_100);
        assertThat(rig.begin("h", TCC)).isInstanceOf(Reply.Done.class);
    }

    @Test
    void theCoreWaitsForAnArchiveThatIsBehind() throws StorageException {
        Rig rig = rig(
                EngineOptions.DEFAULT.withCuts(new CutOptions(1 << 20, Long.MAX_VALUE, 100, 1, Retention.DEFAULT, 0)));
        for (int i = 0; i < 5; i++) {
            var unused = rig.engine.submit(beginning("g" + i, SAGA));
            rig.proposer().poll();
        }
        for (int i = 0; i < 5; i++) {
            rig.applier().poll();
            rig.proposer().poll();
        }
        assertThat(rig.engine.core().finishedOrdinals()).isEqualTo(2);
        rig.settle();
        assertThat(rig.engine.core().finishedOrdinals()).isEqualTo(5);
    }

    @Test
    void cutsAreTakenByBytesEntriesAndTransactionsAndReleaseTheLog() throws StorageException {
        Rig byBytes = rig(EngineOptions.DEFAULT.withCuts(cutEvery(1_000)));
        Rig byTransactions = rig(EngineOptions.DEFAULT
                .withCuts(new CutOptions(1 << 30, Long.MAX_VALUE, 10, 100, Retention.DEFAULT, 0)));
        Rig byEntries = rig(
                EngineOptions.DEFAULT.withCuts(new CutOptions(1 << 30, 10, 1_000, 100, Retention.DEFAULT, 0)));
        for (Rig rig : List.of(byBytes, byTransactions, byEntries)) {
            for (int i = 0; i < 40; i++) {
                rig.begin("g" + i, TCC, branch("a"));
            }
            assertThat(rig.store.cuts.size()).isBetween(2, 10);
            rig.begin("one more", TCC);
            assertThat(rig.log.releasedThrough).isEqualTo(rig.store.cuts.getLast().header().sequence());
        }
    }

    @Test
    void aTightLogIsReleasedWithoutAnotherEntry() throws StorageException {
        Rig rig = rig(EngineOptions.DEFAULT.withCuts(cutEvery(1)));
        long roomy = rig.log.freeBytes;
        rig.log.freeBytes = 1;
        rig.log.freeBytesAfterRelease = roomy;
        // Written while nothing was releasable; its cut comes after.
        rig.begin("g", SAGA);
        rig.settle();
        assertThat(rig.begin("h", SAGA)).isInstanceOf(Reply.Done.class);
    }

    @Test
    void lookUpsAreBounded() throws StorageException {
        EngineOptions few = EngineOptions.DEFAULT;
        Rig rig = rig(new EngineOptions(new Limits(100, 1 << 30, 10, 0), few.dispatch(), few.cuts(), 4,
                few.maxBatchCommands(), few.maxBatchBytes(), few.logReservePercent()));
        finish(rig, "first", CONFIRM);
        for (int i = 0; i < 4; i++) {
            assertThat(rig.engine.submit(beginning("g" + i, TCC))).isNotDone();
        }
        assertRefused(rig.engine.submit(beginning("one too many", TCC)).join(), ErrorCode.OVERLOADED);
        rig.settle();
        assertThat(rig.begin("later", TCC)).isInstanceOf(Reply.Done.class);
    }

    @Test
    void retentionForgetsWhatIsOldAndNeverWhatTheLastCutKept() throws StorageException {
        Rig rig = rig(EngineOptions.DEFAULT.withLimits(new Limits(100, 1 << 30, 10, 2))
                .withCuts(cutEvery(1).withRetention(new Retention(10_000, 0, 0))));
        for (int i = 0; i < 4; i++) {
            finish(rig, "g" + i, CONFIRM);
        }
        finish(rig, "cancelled", CANCEL);
        rig.run(20_000);
        assertThat(rig.store.archived()).extracting(Transaction::gid).containsExactly("g3", "cancelled");
        finish(rig, "h", CONFIRM);
        finish(rig, "i", CONFIRM);
        rig.run(1_100);
        assertThat(rig.store.archived()).extracting(Transaction::gid).containsExactly("cancelled", "h", "i");
        // Expired: nobody remembers, so it may begin anew.
        assertThat(rig.begin("g0", TCC)).isInstanceOfSatisfying(Reply.Done.class,
                done -> assertThat(done.changed()).isTrue());
    }

    @Test
    void listsGoOnIntoTheArchive() throws StorageException {
        Rig rig = keeping(2);
        rig.begin("open", TCC, branch("a"));
        for (int i = 0; i < 7; i++) {
            finish(rig, "g" + i, i % 2 == 0 ? CONFIRM : CANCEL);
        }
        assertThat(list(rig, List.of())).containsExactly("open", "g5", "g6", "g0", "g1", "g2", "g3", "g4");
        assertThat(list(rig, List.of(State.CANCELLED))).containsExactly("g5", "g1", "g3");
        assertThat(list(rig, List.of(State.TRYING))).containsExactly("open");
    }

    private static List<String> list(Rig rig, List<State> states) {
        List<String> gids = new ArrayList<>();
        String cursor = "";
        do {
            Page page = rig.ask(rig.engine.list(new ListQuery(states, null, "", 0, 0, cursor, 2)));
            page.transactions().forEach(transaction -> gids.add(transaction.gid()));
            cursor = page.nextCursor();
        } while (!cursor.isEmpty());
        return gids;
    }

    @Test
    void aCleanStopTakesALastCut() throws StorageException {
        Rig rig = new Rig();
        rig.begin("g", TCC, branch("a"));
        assertThat(rig.store.cuts).hasSize(1);
        rig.engine.close();
        assertThat(rig.store.cuts.size()).isEqualTo(2);
        assertThat(rig.store.cuts.getLast().header().sequence()).isEqualTo(rig.log.disk().size());
        assertThat(rig.log.releasedThrough).isEqualTo(rig.log.disk().size());
    }

    private static void finish(Rig rig, String gid, io.holdfast.api.Decision how) {
        rig.begin(gid, Mode.TCC);
        rig.submit(decision(gid, how));
    }

    private static CutOptions cutEvery(long bytes) {
        return new CutOptions(bytes, CUTS.cutEntries(), CUTS.cutTransactions(), CUTS.maxBacklog(), CUTS.retention(), 0);
    }

    private static Rig keeping(int maxFinished) throws StorageException {
        return rig(EngineOptions.DEFAULT.withLimits(new Limits(100, 1 << 30, 10, maxFinished)));
    }

    private static Rig rig(EngineOptions options) throws StorageException {
        return new Rig(new MemoryLog(), options);
    }
}
