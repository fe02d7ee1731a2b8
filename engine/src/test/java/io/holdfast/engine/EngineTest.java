package io.holdfast.engine;

import static io.holdfast.api.Decision.CANCEL;
import static io.holdfast.api.Decision.CONFIRM;
import static io.holdfast.api.Mode.SAGA;
import static io.holdfast.api.Mode.TCC;
import static io.holdfast.engine.Rig.OK;
import static io.holdfast.engine.Rig.assertRefused;
import static io.holdfast.engine.Rig.beginning;
import static io.holdfast.engine.Rig.branch;
import static io.holdfast.engine.Rig.decision;
import static io.holdfast.engine.Rig.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.ErrorCode;
import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Core;
import io.holdfast.core.Limits;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.EngineUnavailable;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.engine.Coordinator.Overloaded;
import io.holdfast.engine.Coordinator.Page;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import io.holdfast.engine.codec.EntryReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EngineTest {

    @Test
    void aTccIsConfirmedWithItsTryResults() throws StorageException {
        Rig rig = new Rig();
        Attributes attributes = new Attributes("native", "00-trace-01", "", "",
                List.of(new Attributes.Header("n", "v")),
                false);
        rig.submit(new Command.Begin("g", TCC, 30_000, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, attributes,
                List.of(branch("a"))));
        rig.submit(new Command.Register("g", List.of(branch("b"))));
        assertThat(rig.calls).isEmpty();
        CompletableFuture<?> finished = rig.engine.whenFinished("g");
        rig.settle();
        assertThat(finished).isNotDone();
        rig.submit(decision("g", CONFIRM, new Command.TryResult("a", payload("hold 7"))));
        assertThat(rig.made()).containsExactlyInAnyOrder("a confirm", "b confirm");
        assertThat(rig.calls).allSatisfy(made -> {
            boolean first = made.call().branchId().equals("a");
            assertThat(made.call().body()).isEqualTo(payload(first ? "hold 7" : "body b"));
            assertThat(made.call().gid()).isEqualTo("g");
            assertThat(made.call().mode()).isEqualTo(TCC);
            assertThat(made.call().traceparent()).isEqualTo("00-trace-01");
            assertThat(made.call().headers()).isEqualTo(attributes.headers());
            assertThat(made.call().timeoutMillis()).isEqualTo(3_000);
            assertThat(made.call().epoch()).startsWith("1.");
        });
        assertThat(finished).isCompletedWithValueMatching(t -> ((Transaction) t).state() == State.CONFIRMED);
        TransactionView view = Objects.requireNonNull(rig.ask(rig.engine.find("g")));
        assertThat(view.transaction().state()).isEqualTo(State.CONFIRMED);
        assertThat(view.calls()).isEmpty();
        assertThat(view.bodies()).as("bodies go when nothing can be called with them").allMatch(b -> b.length == 0);
    }

    @Test
    void aCancelIsCalledWithThePayloads() throws StorageException {
        Rig rig = new Rig();
        rig.begin("g", TCC, branch("a"));
        rig.submit(decision("g", CANCEL));
        assertThat(rig.made()).containsExactly("a cancel");
        assertThat(rig.calls.getFirst().call().body()).isEqualTo(payload("body a"));
        assertThat(stateOf(rig, "g")).isEqualTo(State.CANCELLED);
    }

    @Test
    void aSagaThatFailsIsCompensatedInReverse() throws StorageException {
        Rig rig = new Rig();
        rig.script = call -> call.branchId().equals("b") && call.operation() == Operation.ACTION
                ? new Result.Failure("sold out")
                : OK;
        rig.begin("g", SAGA, branch("a"), branch("b"), branch("c"));
        assertThat(rig.made()).containsExactly("a action", "b action", "b compensate", "a compensate");
        Transaction end = Objects.requireNonNull(rig.ask(rig.engine.whenFinished("g")));
        assertThat(end.state()).isEqualTo(State.CANCELLED);
        assertThat(end.reason()).isEqualTo("sold out");
    }

    @Test
    void nothingIsToldOrCalledBeforeItIsDurable() throws StorageException {
        Rig rig = new Rig();
        rig.begin("g", TCC, branch("a"));
        rig.begin("s", SAGA);
        int callsBefore = rig.calls.size();
        CompletableFuture<Reply> reply = rig.engine.submit(decision("g", CONFIRM));
        CompletableFuture<Reply> saga = rig.engine.submit(beginning("t", SAGA, branch("b")));
        List<Boolean> told = new ArrayList<>();
        rig.log.beforeDurable = () -> {
            // Whatever order the other owners are polled in while the disk is busy.
            rig.dispatch().poll();
            rig.applier().poll();
            rig.dispatch().poll();
            told.add(reply.isDone() || saga.isDone() || rig.calls.size() > callsBefore);
        };
        assertThat(rig.proposer().poll()).isPositive();
        assertThat(told).containsExactly(false);
        rig.log.beforeDurable = () -> {
        };
        rig.settle();
        assertThat(reply).isDone();
        assertThat(rig.made()).contains("a confirm", "b action");
    }

    @Test
    void aFailedAppendLeavesTheOutcomeUnknownAndStopsEverything() throws StorageException {
        Rig rig = new Rig();
        rig.script = call -> null;
        rig.begin("g", TCC, branch("a"), branch("b"));
        rig.submit(decision("g", CONFIRM));
        CompletableFuture<?> watcher = rig.engine.whenFinished("g");
        rig.settle();
        int calls = rig.calls.size();
        rig.log.broken = true;
        CompletableFuture<Reply> first = rig.engine.submit(beginning("h", SAGA, branch("c")));
        CompletableFuture<Reply> second = rig.engine.submit(beginning("i", SAGA, branch("c")));
        rig.settle();
        assertUnavailable(first);
        assertUnavailable(second);
        assertThat(rig.failures).singleElement()
                .satisfies(e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.FAILED));
        assertThat(rig.engine.hasFailed()).isTrue();
        // The disk comes back: too late, nobody knows what is on it.
        rig.log.broken = false;
        List<CompletableFuture<?>> after = List.of(rig.engine.submit(beginning("j", SAGA)), rig.engine.find("g"),
                rig.engine.list(query("", 10)), rig.engine.whenFinished("g"), rig.engine.figures());
        rig.calls.getFirst().whenDone().accept(OK);
        rig.run(600_000);
        after.forEach(EngineTest::assertUnavailable);
        assertThat(rig.calls).hasSize(calls);
        assertThat(rig.failures).hasSize(1);
        rig.engine.close();
        assertUnavailable(watcher);
        assertThat(rig.log.closed).as("a log that failed is not marked as cleanly stopped").isFalse();
    }

    @Test
    void aRestartOwesWhatTheLogSays() throws StorageException {
        Rig rig = new Rig();
        rig.script = call -> call.branchId().equals("a") ? OK : null;
        rig.begin("g", TCC, branch("a"), branch("b"), branch("c"));
        rig.submit(decision("g", CONFIRM, new Command.TryResult("b", payload("hold b"))));
        rig.begin("done", SAGA, branch("a"));
        rig.begin("open", TCC, branch("a"));
        String hash = withoutBoot(rig);

        Rig second = rig.restart().settle();
        assertThat(withoutBoot(second)).isEqualTo(hash);
        assertThat(second.made()).containsExactlyInAnyOrder("b confirm", "c confirm");
        assertThat(second.calls).allSatisfy(made -> {
            assertThat(made.call().epoch()).startsWith("2.");
            assertThat(made.call().body())
                    .isEqualTo(payload(made.call().branchId().equals("b") ? "hold b" : "body c"));
        });
        assertThat(stateOf(second, "g")).isEqualTo(State.CONFIRMED);
        assertThat(second.begin("done", SAGA, branch("a")))
                .isInstanceOfSatisfying(Reply.Done.class, done -> assertThat(done.changed()).isFalse());
        assertThat(stateOf(second, "open")).isEqualTo(State.TRYING);
    }

    @Test
    void logicalTimeStandsStillWhileNoProcessRuns() throws StorageException {
        Rig rig = new Rig();
        rig.begin("g", TCC, branch("a"));
        rig.run(20_000);
        rig.begin("mark", SAGA);
        Rig second = rig.restart();
        second.run(9_999);
        assertThat(stateOf(second, "g")).isEqualTo(State.TRYING);
        second.run(2);
        assertThat(stateOf(second, "g")).isEqualTo(State.CANCELLED);
        assertThat(second.made()).containsExactly("a cancel");
    }

    @Test
    void deadlinesAndAttentionNeedNoOtherTraffic() throws StorageException {
        Rig rig = new Rig();
        rig.script = call -> new Result.Unknown(Trouble.UNEXPECTED_ANSWER, "status 500");
        rig.begin("g", TCC, branch("a"));
        long entries = rig.log.disk().size();
        rig.run(29_000);
        assertThat(rig.log.disk()).as("an idle node writes nothing").hasSize((int) entries);
        rig.run(1_001);
        assertThat(stateOf(rig, "g")).isEqualTo(State.CANCELLING);
        rig.run(120_000);
        assertThat(transaction(rig, "g").attention()).isEqualTo("no progress for 120 seconds");
        rig.run(3_600_000);
        assertThat(transaction(rig, "g").branches().getFirst().lastError()).isEqualTo("status 500");
        assertThat(stateOf(rig, "g")).isEqualTo(State.CANCELLING);
    }

    @Test
    void findShowsWhatIsOwedRightNow() throws StorageException {
        Rig rig = new Rig();
        rig.script = call -> call.branchId().equals("a") ? new Result.Unknown(Trouble.NOT_CONNECTED, "refused") : null;
        rig.begin("g", TCC, branch("a"), branch("b"));
        rig.submit(decision("g", CONFIRM));
        TransactionView view = Objects.requireNonNull(rig.ask(rig.engine.find("g")));
        assertThat(view.bodies()).containsExactly(payload("body a").bytes(), payload("body b").bytes());
        assertThat(view.calls()).hasSize(2);
        assertThat(view.calls().get(0)).satisfies(call -> {
            assertThat(call.operation()).isEqualTo("confirm");
            assertThat(call.attempts()).isEqualTo(1);
            assertThat(call.lastError()).isEqualTo("refused");
            assertThat(call.nextAttemptInMillis()).isBetween(800L, 1_200L);
            assertThat(call.inFlight()).isFalse();
        });
        assertThat(view.calls().get(1).inFlight()).isTrue();
        assertThat(rig.ask(rig.engine.find("unknown"))).isNull();
    }

    @Test
    void aQuerySeesWhatWasAcknowledgedBefore() throws StorageException {
        Rig rig = new Rig();
        for (int i = 0; i < 50; i++) {
            CompletableFuture<Reply> reply = rig.engine.submit(beginning("g" + i, TCC));
            rig.proposer().poll();
            rig.applier().poll();
            assertThat(reply).isDone();
            CompletableFuture<Page> page = rig.engine.list(query("", 1_000));
            rig.applier().poll();
            assertThat(page.join().transactions()).hasSize(i + 1);
        }
    }

    @Test
    void listsAreFilteredAndPaged() throws StorageException {
        Rig rig = new Rig();
        for (int i = 0; i < 30; i++) {
            rig.clock.advanceMillis(10);
            rig.submit(new Command.Begin("g" + i, i % 3 == 0 ? SAGA : TCC, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL,
                    new Attributes("native", "", "key" + i, "", List.of(), false), List.of()));
        }
        List<String> all = new ArrayList<>();
        int pages = 0;
        for (String cursor = null; cursor == null || !cursor.isEmpty(); pages++) {
            Page page = rig.ask(rig.engine.list(query(cursor == null ? "" : cursor, 7)));
            assertThat(page.transactions()).hasSizeLessThanOrEqualTo(7);
            page.transactions().forEach(t -> all.add(t.gid()));
            cursor = page.nextCursor();
        }
        assertThat(pages).isEqualTo(5);
        assertThat(all).hasSize(30).doesNotHaveDuplicates().startsWith("g0", "g1").endsWith("g29");
        long from = transaction(rig, "g10").terms().createdWallMillis();
        long to = transaction(rig, "g20").terms().createdWallMillis();
        assertThat(gids(rig, new ListQuery(List.of(State.CONFIRMED), null, "", 0, 0, "", 100))).hasSize(10);
        assertThat(gids(rig, new ListQuery(List.of(), TCC, "", 0, 0, "", 100))).hasSize(20);
        assertThat(gids(rig, new ListQuery(List.of(), null, "key1", 0, 0, "", 100))).containsExactly("g1");
        assertThat(gids(rig, new ListQuery(List.of(), SAGA, "key1", 0, 0, "", 100))).isEmpty();
        assertThat(gids(rig, new ListQuery(List.of(), null, "key", 0, 0, "", 100))).isEmpty();
        assertThat(gids(rig, new ListQuery(List.of(), null, "", from, to, "", 100))).hasSize(11);
        rig.submit(new Command.Operate("g13", Command.OperatorAction.PAUSE, "ann", "why"));
        rig.submit(new Command.AttentionNeeded("g14", "look"));
        assertThat(gids(rig, new ListQuery(List.of(), null, "", 0, 0, null, true, "", 100))).containsExactly("g13");
        assertThat(gids(rig, new ListQuery(List.of(), TCC, "", from, to, true, false, "", 100)))
                .containsExactly("g14");
        assertThat(gids(rig, new ListQuery(List.of(State.TRYING), TCC, "", from, to, false, null, "", 100)))
                .containsExactly("g10", "g11", "g13", "g16", "g17", "g19", "g20");
    }

    @Test
    void whoWatchesIsToldOfEachChangeUntilTheEnd() throws StorageException {
        Rig rig = new Rig();
        rig.begin("g", TCC);
        List<State> seen = new ArrayList<>();
        List<State> early = new ArrayList<>();
        var watch = rig.ask(rig.engine.watch("g", t -> seen.add(t.state())));
        var ended = rig.ask(rig.engine.watch("g", t -> early.add(t.state())));
        assertThat(watch).isNotNull();
        java.util.Objects.requireNonNull(ended).end();
        rig.ask(rig.engine.find("g"));
        rig.submit(new Command.Heartbeat(List.of("g")));
        rig.submit(new Command.Decide("g", io.holdfast.api.Decision.CONFIRM, "", List.of()));
        assertThat(seen).containsExactly(State.TRYING, State.TRYING, State.CONFIRMED);
        assertThat(early).containsExactly(State.TRYING);
        assertThat(rig.ask(rig.engine.watch("g", t -> early.add(t.state())))).isNotNull();
        assertThat(early).containsExactly(State.TRYING, State.CONFIRMED);
        assertThat(rig.ask(rig.engine.watch("nobody", t -> early.add(t.state())))).isNull();
    }

    @Test
    void aCursorFromNowhereHarmsNobody() throws StorageException {
        Rig rig = new Rig();
        rig.begin("g", TCC);
        for (String cursor : List.of("9223372036854775807", "4294967296", "77777777777777777777", "-5", "x", "1")) {
            Page page = rig.ask(rig.engine.list(query(cursor, 10)));
            assertThat(page.nextCursor()).isEmpty();
        }
        assertThat(rig.ask(rig.engine.list(query("9223372036854775807", 10))).transactions()).isEmpty();
    }

    @Test
    void overTheQueueQueriesAreRefusedAtOnce() throws StorageException {
        Rig rig = new Rig(new MemoryLog(), withWaiting(8));
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(rig.engine.find("g" + i));
        }
        for (CompletableFuture<?> tooMany : List.of(rig.engine.find("g"), rig.engine.list(query("", 1)),
                rig.engine.whenFinished("g"))) {
            assertThatThrownBy(tooMany::join).hasCauseInstanceOf(Overloaded.class);
        }
        rig.settle();
        assertThat(answers).allMatch(answer -> answer.isDone() && !answer.isCompletedExceptionally());
        assertThat(rig.ask(rig.engine.find("g"))).isNull();
    }

    @Test
    void overTheQueueRequestsAreRefusedAtOnce() throws StorageException {
        Rig rig = new Rig(new MemoryLog(), withWaiting(8));
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            replies.add(rig.engine.submit(beginning("g" + i, TCC)));
        }
        assertThat(replies.subList(8, 20)).allSatisfy(reply -> {
            assertThat(reply).isDone();
            assertRefused(reply.join(), ErrorCode.OVERLOADED);
        });
        rig.settle();
        assertThat(replies.subList(0, 8)).allSatisfy(reply -> assertThat(reply.join()).isInstanceOf(Reply.Done.class));
        assertThat(rig.begin("again", TCC)).isInstanceOf(Reply.Done.class);
    }

    @Test
    void whatFitsNoEntryIsRefusedAtOnceAndWhatFitsIsNot() throws StorageException {
        Rig rig = new Rig();
        rig.log.maxEntryBytes = 100_000;
        for (int bytes = 99_000; bytes < 101_000; bytes += 7) {
            Command command = beginning("g" + bytes, TCC, new BranchSpec("a", "", "", Payload.of(new byte[bytes])));
            CompletableFuture<Reply> reply = rig.engine.submit(command);
            if (reply.isDone()) {
                assertRefused(reply.join(), ErrorCode.TOO_LARGE);
                assertThat(bytes).isGreaterThan(99_800);
            } else {
                assertThat(rig.ask(reply)).isInstanceOf(Reply.Done.class);
            }
        }
        assertThat(rig.engine.core().unfinished()).isPositive();
    }

    @Test
    void largeCommandsAreSpreadOverEntries() throws StorageException {
        Rig rig = new Rig();
        rig.log.maxEntryBytes = 100_000;
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            replies.add(rig.engine.submit(
                    beginning("g" + i, TCC, new BranchSpec("a", "", "", Payload.of(new byte[40_000])))));
        }
        rig.settle();
        assertThat(replies).allSatisfy(reply -> assertThat(reply.join()).isInstanceOf(Reply.Done.class));
        assertThat(rig.log.disk()).hasSize(1 + 10);
        assertThat(rig.engine.core().unfinished()).isEqualTo(20);
    }

    @Test
    void atMostFourEntriesWaitForTheCore() throws StorageException {
        Rig rig = new Rig();
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            replies.add(rig.engine.submit(beginning("g" + i, TCC)));
            rig.proposer().poll();
        }
        assertThat(rig.log.disk()).hasSize(1 + 4);
        assertThat(rig.proposer().idleNanos()).isEqualTo(Long.MAX_VALUE);
        rig.settle();
        assertThat(rig.log.disk()).as("what waited meanwhile is one entry").hasSize(1 + 4 + 1);
        assertThat(replies).allMatch(CompletableFuture::isDone);
    }

    @Test
    void malformedTextIsRefusedBeforeTheLog() throws StorageException {
        Rig rig = new Rig();
        CompletableFuture<Reply> reply = rig.engine.submit(beginning("g\uD83D", TCC));
        assertThat(reply).isDone();
        assertRefused(reply.join(), ErrorCode.INVALID);
    }

    @Test
    void aTightLogRefusesBeginsAloneUntilThereIsRoomAgain() throws StorageException {
        MemoryLog log = new MemoryLog();
        log.freeBytes = 10_000;
        Rig rig = new Rig(log, EngineOptions.DEFAULT);
        rig.begin("g", TCC, branch("a"));
        log.freeBytes = 999;
        rig.submit(new Command.Register("g", List.of(branch("b"))));
        assertRefused(rig.begin("h", TCC), ErrorCode.OVERLOADED);
        assertThat(rig.submit(decision("g", CONFIRM))).isInstanceOf(Reply.Done.class);
        assertThat(stateOf(rig, "g")).isEqualTo(State.CONFIRMED);
        log.freeBytes = 5_000;
        rig.settle();
        assertThat(rig.begin("h", TCC)).isInstanceOf(Reply.Done.class);
    }

    @Test
    void aCallThatStartsWhileItsTransactionIsSettledStillHasItsBody() throws StorageException {
        Rig rig = new Rig();
        rig.begin("g", TCC, branch("a"), branch("b"));
        rig.script = call -> {
            if (rig.calls.size() == 1) {
                // As if the other owners ran just now, on their own threads.
                var unused = rig.engine
                        .submit(new Command.Operate("g", Command.OperatorAction.SETTLE, "ann", "by hand"));
                rig.proposer().poll();
                rig.applier().poll();
            }
            return null;
        };
        rig.submit(decision("g", CONFIRM));
        assertThat(stateOf(rig, "g")).isEqualTo(State.SETTLED_BY_HAND);
        assertThat(rig.calls).allSatisfy(made -> assertThat(made.call().body().sizeBytes()).isEqualTo(6));
    }

    @Test
    void watchersAreToldWhatTheyAskedFor() throws StorageException {
        Rig rig = new Rig();
        assertThat(rig.ask(rig.engine.whenFinished("unknown"))).isNull();
        rig.begin("g", TCC);
        var given = rig.engine.whenFinished("g");
        var waiting = rig.engine.whenFinished("g");
        rig.settle();
        given.cancel(false);
        rig.settle();
        rig.submit(decision("g", CONFIRM));
        assertThat(waiting).isCompletedWithValueMatching(t -> t != null && t.state() == State.CONFIRMED);
        assertThat(rig.ask(rig.engine.whenFinished("g"))).isNotNull();
    }

    @Test
    void everyQueryIsAnsweredWhenTheEngineStops() throws StorageException {
        Rig rig = new Rig();
        rig.script = call -> null;
        rig.begin("g", TCC, branch("a"));
        rig.submit(decision("g", CONFIRM));
        CompletableFuture<?> atTheCore = rig.engine.find("g");
        CompletableFuture<?> atTheDispatcher = rig.engine.find("g");
        rig.applier().poll();
        CompletableFuture<?> figures = rig.engine.figures();
        CompletableFuture<?> watcher = rig.engine.whenFinished("g");
        CompletableFuture<?> command = rig.engine.submit(beginning("h", TCC));
        rig.engine.close();
        CompletableFuture<?> after = rig.engine.find("g");
        List.of(atTheCore, atTheDispatcher, figures, watcher, command, after, rig.engine.submit(beginning("i", TCC)))
                .forEach(EngineTest::assertUnavailable);
        assertThat(rig.log.closed).isTrue();
        assertThat(rig.restart().engine.core().find("h")).isNull();
    }

    @Test
    void aDrainedEngineCallsNobodyAndStillAnswers() throws StorageException {
        Rig rig = new Rig();
        rig.engine.drain();
        rig.begin("g", SAGA, branch("a"));
        rig.run(100_000);
        assertThat(rig.calls).isEmpty();
        assertThat(stateOf(rig, "g")).isEqualTo(State.COMPENSATING);
    }

    @Test
    void anEntryThatCannotBeReadStopsTheStart() {
        MemoryLog log = new MemoryLog();
        log.disk().add(new byte[]{0x1A, 0x7F, 1});
        assertThatThrownBy(() -> new Rig(log, EngineOptions.DEFAULT)).isInstanceOfSatisfying(StorageException.class,
                e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.DAMAGED)).hasMessageContaining("entry 1");
        assertThat(log.disk()).as("nothing is written").hasSize(1);
    }

    @Test
    void idsAreNeverIssuedTwice() throws StorageException {
        Rig rig = new Rig();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            assertThat(ids.add(rig.engine.newGid())).isTrue();
        }
        Rig second = rig.restart();
        for (int i = 0; i < 10_000; i++) {
            assertThat(ids.add(second.engine.newGid())).isTrue();
        }
        assertThat(ids).allMatch(id -> id.matches("[0-9a-z]{25}"));
    }

    @Test
    void figuresCountWhatIsThere() throws StorageException {
        Rig rig = new Rig();
        rig.script = call -> null;
        rig.begin("g", SAGA, branch("a"));
        rig.begin("h", SAGA);
        EngineFigures figures = rig.ask(rig.engine.figures());
        assertThat(figures.transactions().unfinished()).isEqualTo(1);
        assertThat(figures.transactions().finishedKept()).isEqualTo(1);
        assertThat(figures.transactions().maxUnfinished()).isEqualTo(Limits.DEFAULT.maxUnfinished());
        assertThat(figures.calls()).isEqualTo(new EngineFigures.Calls(1, 0, 1, 0, 1, 0));
        assertThat(figures.storage().logFreeBytes()).isEqualTo(1L << 40);
        assertThat(figures.storage().logReservedBytes()).isBetween((1L << 40) / 11, (1L << 40) / 10);
        assertThat(figures.storage().bytesSinceCut()).isPositive();
        assertThat(figures.storage().sequence()).isEqualTo(rig.log.disk().size());
    }

    @Test
    void figuresTellWhatSomebodyShouldLookAt() throws StorageException {
        Rig rig = new Rig();
        rig.script = call -> null;
        rig.begin("done", SAGA);
        rig.begin("g", SAGA, branch("a"));
        rig.begin("h", SAGA, branch("a"));
        rig.submit(new Command.Operate("g", OperatorAction.PAUSE, "ann", "why"));
        rig.run(2 * Core.ATTENTION_AFTER_MILLIS);
        EngineFigures.Transactions figures = rig.ask(rig.engine.figures()).transactions();
        assertThat(figures.paused()).isEqualTo(1);
        assertThat(figures.needAttention()).isEqualTo(1);
        assertThat(figures.oldestUnfinishedMillis()).isGreaterThanOrEqualTo(Core.ATTENTION_AFTER_MILLIS);
    }

    @Test
    void figuresTellThatRetentionStandsStill() throws StorageException {
        Rig rig = new Rig().run(5_000);
        assertThat(rig.ask(rig.engine.figures()).storage().expiryAgeMillis()).isLessThanOrEqualTo(1_000);
        // Nobody polls the store meanwhile.
        rig.clock.advanceMillis(60_000);
        assertThat(rig.ask(rig.engine.figures()).storage().expiryAgeMillis()).isGreaterThanOrEqualTo(60_000);
    }

    private static EngineOptions withWaiting(int maxWaiting) {
        EngineOptions options = EngineOptions.DEFAULT;
        return new EngineOptions(options.limits(), options.dispatch(), options.cuts(), maxWaiting,
                options.maxBatchCommands(),
                options.maxBatchBytes(), options.logReservePercent());
    }

    /** The state that the entries of a disk lead to, without the boot at the end. */
    private static String withoutBoot(Rig rig) {
        Core core = new Core();
        try {
            for (int i = 0; i < rig.log.disk().size(); i++) {
                var entry = new EntryReader().read(i + 1, ByteBuffer.wrap(rig.log.disk().get(i)));
                if (i > 0 && entry.commands().stream().anyMatch(Command.Boot.class::isInstance)) {
                    return core.stateHash();
                }
                core.step(entry);
            }
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
        assertThat(core.stateHash()).isEqualTo(rig.engine.core().stateHash());
        return core.stateHash();
    }

    private static Transaction transaction(Rig rig, String gid) {
        return Objects.requireNonNull(rig.ask(rig.engine.find(gid))).transaction();
    }

    private static State stateOf(Rig rig, String gid) {
        return transaction(rig, gid).state();
    }

    private static ListQuery query(String cursor, int limit) {
        return new ListQuery(List.of(), null, "", 0, 0, cursor, limit);
    }

    private static List<String> gids(Rig rig, ListQuery query) {
        return rig.ask(rig.engine.list(query)).transactions().stream().map(Transaction::gid).toList();
    }

    private static void assertUnavailable(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        assertThatThrownBy(future::join).hasCauseInstanceOf(EngineUnavailable.class);
    }
}
