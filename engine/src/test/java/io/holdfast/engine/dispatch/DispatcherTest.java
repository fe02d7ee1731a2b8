package io.holdfast.engine.dispatch;

import static io.holdfast.api.Operation.ACTION;
import static io.holdfast.api.Operation.COMPENSATE;
import static io.holdfast.api.Operation.CONFIRM;
import static io.holdfast.engine.dispatch.Bench.DEAD;
import static io.holdfast.engine.dispatch.Bench.HUNG;
import static io.holdfast.engine.dispatch.Bench.OK;
import static io.holdfast.engine.dispatch.Bench.STATUS_500;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Outcome.Obligation;
import io.holdfast.engine.Participants;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.dispatch.Bench.Answer;
import io.holdfast.engine.dispatch.Bench.Started;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DispatcherTest {

    /** One call at a time, over all and per target. */
    private static final DispatchOptions ONE_PER_TARGET = new DispatchOptions(4_096, 1, 1, 1, 1, 5, 500, 15_000, 10,
            60_000);

    private final Bench bench = new Bench();

    @Test
    void nothingIsStartedForWhichThereIsNoRoom() {
        bench.room = 0;
        bench.owe("p:1", "g", CONFIRM);
        bench.owe("q:1", "h", CONFIRM);
        bench.run(10_000);
        assertThat(bench.started).isEmpty();
        assertThat(bench.dispatcher.waitingForRoom()).isEqualTo(2);
        assertThat(bench.dispatcher.pending("g")).allMatch(call -> call.waitsForRoom() && !call.inFlight());
        bench.room = 1;
        assertThat(bench.dispatcher.waitingForRoom()).isZero();
        bench.dispatcher.poll();
        assertThat(bench.started).isNotEmpty();
    }

    @Test
    void whatIsHandedBackIsNoAttemptAndGoesOutAgainAtOnce() {
        bench.owe("p:1", "g", CONFIRM);
        bench.settle();
        bench.room = 0;
        bench.started.getFirst().end(new Result.HandedBack());
        assertThat(bench.dispatcher.pending("g")).allMatch(call -> call.attempts() == 0 && !call.inFlight());
        assertThat(bench.dispatcher.callsFailed()).isZero();
        assertThat(bench.dispatcher.inFlight()).isZero();
        bench.room = 1;
        bench.settle();
        assertThat(bench.started).hasSize(2);
        bench.started.getLast().end(OK);
        assertThat(bench.proposed(Command.Answered.class)).hasSize(1);
    }

    @Test
    void aLostWorkerIsNoSignOfADeadTarget() {
        bench.host("p:1", 0, new Result.Unknown(Participants.Trouble.WORKER_LOST, "gone"));
        for (int i = 0; i < 20; i++) {
            bench.owe("p:1", "g" + i, CONFIRM);
        }
        bench.run(30_000);
        assertThat(bench.dispatcher.openTargets()).isZero();
        assertThat(bench.dispatcher.pending("g1")).allMatch(call -> call.lastError().equals("gone"));
    }

    @Test
    void aCompensationWaitsForTheEndOfItsAction() {
        Obligation action = bench.owe("p:1", "g", ACTION);
        bench.settle();
        bench.withdraw(action);
        Obligation compensation = bench.owe("q:1", "g", COMPENSATE);
        bench.run(2_000);
        assertThat(bench.started).hasSize(1);
        bench.started.getFirst().end(OK);
        bench.settle();
        assertThat(bench.proposed).as("the answer of what was withdrawn").isEmpty();
        assertThat(bench.startedOn("q:1")).hasSize(1);
        bench.started.getLast().end(OK);
        bench.withdraw(compensation);
        assertThat(bench.dispatcher.remembersNothing()).isTrue();
    }

    @Test
    void aCallThatWaitedBehindAnotherIsNotLostWhenItsTargetGoesDown() {
        Obligation action = bench.owe("p:1", "g", ACTION);
        bench.settle();
        bench.withdraw(action);
        bench.owe("q:1", "g", COMPENSATE);
        bench.host("q:1", 0, OK);
        bench.owe("q:1", "other", CONFIRM);
        // Its target has had work, has none for now, and must not be forgotten while the compensation waits.
        bench.settle();
        bench.host("q:1", 0, DEAD);
        for (int i = 0; i < 6; i++) {
            bench.owe("q:1", "x" + i, CONFIRM);
        }
        bench.settle();
        bench.started.getFirst().end(OK);
        bench.run(60_000);
        bench.host("q:1", 0, OK);
        bench.run(60_000);
        assertThat(bench.proposed(Command.Answered.class)).extracting(Command.Answered::gid).contains("g", "x5")
                .hasSize(8);
        assertThat(bench.dispatcher.remembersNothing()).isTrue();
    }

    @Test
    void aTargetIsOneAndTheSameAsLongAsACallToItWaitsBehindAnother() {
        Bench one = new Bench(ONE_PER_TARGET);
        Obligation action = one.owe("p:1", "g", ACTION);
        one.settle();
        one.withdraw(action);
        one.owe("q:1", "g", COMPENSATE);
        one.host("q:1", 0, OK);
        one.owe("q:1", "other", CONFIRM);
        one.settle();
        one.host("q:1", 1_000, OK);
        one.owe("q:1", "slow", CONFIRM);
        one.settle();
        one.started.getFirst().end(OK);
        one.run(5_000);
        assertThat(one.startedOn("q:1")).hasSize(3);
        assertThat(one.mostInFlight).containsEntry("q:1", 1);
    }

    @Test
    void whatWasWithdrawnIsNeverStarted() {
        Bench one = new Bench(ONE_PER_TARGET);
        one.owe("p:1", "first", CONFIRM);
        Obligation queued = one.owe("p:1", "queued", CONFIRM);
        one.settle();
        one.withdraw(queued);
        one.started.getFirst().end(STATUS_500);
        one.settle();
        one.withdraw(Bench.obligation("p:1", "first", CONFIRM, CallPolicy.NATIVE));
        one.run(1_000_000);
        assertThat(one.started).hasSize(1);
        assertThat(one.dispatcher.remembersNothing()).isTrue();
    }

    @Test
    void oneTargetHasItsLimitAndAllTogetherHaveTheirs() {
        Bench narrow = new Bench(new DispatchOptions(20, 8, 8, 4, 4, 5, 500, 15_000, 10, 60_000));
        for (int host = 0; host < 5; host++) {
            narrow.host("p:" + host, 100, OK);
            for (int i = 0; i < 30; i++) {
                narrow.owe("p:" + host, host + "-" + i, CONFIRM);
            }
        }
        narrow.settle();
        assertThat(narrow.dispatcher.inFlight()).isEqualTo(20);
        assertThat(narrow.inFlight.values()).containsOnly(4);
        narrow.run(10_000);
        assertThat(narrow.mostInFlight.values()).allMatch(most -> most <= 8);
        assertThat(narrow.proposed(Command.Answered.class)).hasSize(150);
        assertThat(narrow.dispatcher.remembersNothing()).isTrue();
    }

    @Test
    void theLimitGrowsWithAnswersUpToItsBound() {
        bench.host("p:1", 50, OK);
        for (int i = 0; i < 3_000; i++) {
            bench.owe("p:1", "g" + i, CONFIRM);
        }
        bench.settle();
        assertThat(bench.inFlight).containsEntry("p:1", 64);
        bench.run(60_000);
        assertThat(bench.mostInFlight).containsEntry("p:1", 256);
        assertThat(bench.proposed).hasSize(3_000);
    }

    @Test
    void twelveHungTransactionsDoNotDelayTheThirteenth() {
        bench.host("p:1",
                (call, attempt) -> call.gid().startsWith("hung") ? new Answer(3_000, HUNG) : new Answer(5, OK));
        for (int i = 0; i < 12; i++) {
            bench.owe("p:1", "hung" + i, CONFIRM);
        }
        for (int round = 0; round < 20; round++) {
            bench.run(7_300);
            bench.owe("p:1", "good" + round, CONFIRM);
            bench.settle();
            assertThat(bench.started.getLast().call.gid()).isEqualTo("good" + round);
        }
    }

    @Test
    void aDeadParticipantCostsFewConnectsAndDelaysNobodyElse() {
        bench.host("dead:1", 0, DEAD);
        bench.host("good:1", 5, OK);
        for (int i = 0; i < 10_000; i++) {
            bench.owe("dead:1", "d" + i, CONFIRM);
        }
        bench.settle();
        assertThat(bench.startedOn("dead:1").size()).as("connects before the breaker opens").isLessThanOrEqualTo(64);
        assertThat(bench.dispatcher.openTargets()).isEqualTo(1);
        int before = bench.startedOn("dead:1").size();
        for (int second = 1; second <= 60; second++) {
            bench.owe("good:1", "good" + second, CONFIRM);
            bench.settle();
            assertThat(bench.started.getLast().call.gid()).isEqualTo("good" + second);
            bench.run(1_000);
        }
        assertThat(bench.startedOn("dead:1").size() - before).as("connects in a minute").isBetween(4, 20);
        assertThat(bench.proposed(Command.Answered.class)).hasSize(60);
    }

    @Test
    void onItsReturnTheLoadGrowsFromASmallStartAndEverythingFinishes() {
        AtomicBoolean up = new AtomicBoolean();
        bench.host("p:1", (call, attempt) -> up.get() ? new Answer(10, OK) : new Answer(0, DEAD));
        for (int i = 0; i < 10_000; i++) {
            bench.owe("p:1", "g" + i, CONFIRM);
        }
        bench.run(120_000);
        int before = bench.started.size();
        up.set(true);
        bench.run(60_000);
        List<Started> after = bench.started.subList(before, bench.started.size());
        long back = after.getFirst().atMillis;
        // The probe alone, then 4, then one more with each answer: at most twice as many in each round of 10 ms.
        assertThat(after.stream().filter(one -> one.atMillis < back + 10)).hasSize(1);
        assertThat(after.stream().filter(one -> one.atMillis >= back + 10 && one.atMillis < back + 20)).hasSize(4);
        assertThat(after.stream().filter(one -> one.atMillis >= back + 20 && one.atMillis < back + 30)).hasSize(8);
        assertThat(bench.mostInFlight).containsEntry("p:1", 256);
        assertThat(bench.proposed(Command.Answered.class)).hasSize(10_000);
        assertThat(bench.dispatcher.remembersNothing()).isTrue();
    }

    @Test
    void callsThatWereUnderWayWhenTheBreakerOpenedDoNotPutOffTheFirstProbe() {
        for (int i = 0; i < 100; i++) {
            bench.owe("p:1", "g" + i, CONFIRM);
        }
        bench.settle();
        List<Started> burst = List.copyOf(bench.started);
        assertThat(burst).hasSize(64);
        burst.forEach(one -> one.end(DEAD));
        bench.run(600);
        assertThat(bench.started).as("the first probe").hasSize(65);
    }

    @Test
    void eachFailedProbeDoublesTheWaitUpToItsBound() {
        bench.host("p:1", 0, DEAD);
        for (int i = 0; i < 100; i++) {
            bench.owe("p:1", "g" + i, CONFIRM);
        }
        bench.settle();
        int burst = bench.started.size();
        bench.run(300_000);
        List<Started> probes = bench.started.subList(burst - 1, bench.started.size());
        for (int i = 1; i < probes.size(); i++) {
            long expected = Math.min(15_000, 500L << Math.min(i - 1, 10));
            assertThat(probes.get(i).atMillis - probes.get(i - 1).atMillis).as("probe %s", i)
                    .isBetween(expected * 8 / 10 - 1, expected * 12 / 10 + 1);
        }
        assertThat(probes.size()).isGreaterThan(20);
    }

    @Test
    void aLongCallUnderWayDoesNotForbidProbes() {
        bench.host("p:1", (call, attempt) -> call.gid().equals("long") ? null : new Answer(0, DEAD));
        bench.owe("p:1", "long", ACTION);
        for (int i = 0; i < 10; i++) {
            bench.owe("p:1", "g" + i, CONFIRM);
        }
        bench.settle();
        bench.host("p:1", 0, OK);
        bench.run(20_000);
        assertThat(bench.proposed(Command.Answered.class)).hasSize(10);
    }

    @Test
    void aProbeThatHangsIsFollowedByAnother() {
        bench.host("p:1", 0, DEAD);
        for (int i = 0; i < 10; i++) {
            bench.owe("p:1", "g" + i, CONFIRM);
        }
        bench.settle();
        bench.host("p:1", 3_000, HUNG);
        int before = bench.started.size();
        bench.run(60_000);
        assertThat(bench.started.size() - before).isBetween(10, 20);
        assertThat(bench.dispatcher.openTargets()).isEqualTo(1);
        bench.host("p:1", 0, OK);
        bench.run(60_000);
        assertThat(bench.proposed(Command.Answered.class)).hasSize(10);
    }

    @Test
    void theCallWhoseAnswerBroughtATargetBackWaitsItsOwnTime() {
        AtomicBoolean up = new AtomicBoolean();
        bench.host("p:1", (call, attempt) -> new Answer(0, up.get() ? STATUS_500 : DEAD));
        for (int i = 0; i < 5; i++) {
            bench.owe("p:1", "g" + i, CONFIRM, new CallPolicy(3_000, 20_000, 20_000, 2_000, 0));
        }
        bench.run(40_000);
        up.set(true);
        int before = bench.started.size();
        bench.run(15_000);
        List<Started> after = bench.started.subList(before, bench.started.size());
        assertThat(after).extracting(one -> one.call.gid()).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void firstAttemptsGoBeforeRepeatedOnesThreeToOne() {
        Bench one = new Bench(ONE_PER_TARGET);
        one.host("p:1",
                (call, attempt) -> new Answer(0, attempt == 1 && call.gid().startsWith("old") ? STATUS_500 : OK));
        for (int i = 0; i < 4; i++) {
            one.owe("p:1", "old" + i, CONFIRM);
        }
        one.settle();
        one.host("p:1", 10, OK);
        one.clock.advanceMillis(1_300);
        for (int i = 0; i < 12; i++) {
            one.owe("p:1", "new" + i, CONFIRM);
        }
        int before = one.started.size();
        one.run(1_000);
        assertThat(one.started.subList(before, one.started.size())).extracting(call -> call.call.gid().substring(0, 3))
                .containsExactly("new", "new", "new", "old", "new", "new", "new", "old", "new", "new", "new", "old",
                        "new",
                        "new", "new", "old");
    }

    @Test
    void withAllCallsUsedUpADueProbeDoesNotSpinTheThread() {
        Bench narrow = new Bench(new DispatchOptions(2, 2, 2, 1, 1, 1, 500, 15_000, 10, 60_000));
        narrow.host("dead:1", 0, DEAD);
        narrow.owe("dead:1", "d", CONFIRM);
        narrow.owe("dead:1", "e", CONFIRM);
        narrow.settle();
        narrow.owe("hung:1", "g", CONFIRM);
        narrow.owe("hung:1", "h", CONFIRM);
        narrow.settle();
        assertThat(narrow.dispatcher.inFlight()).isEqualTo(2);
        // Bench looks at the idle time whenever nothing more can be started.
        narrow.run(30_000);
        narrow.startedOn("hung:1").forEach(one -> one.end(OK));
        narrow.host("dead:1", 0, OK);
        narrow.run(30_000);
        assertThat(narrow.proposed(Command.Answered.class)).hasSize(4);
    }

    @Test
    void nudgeSendsAProbeThroughAnOpenBreaker() {
        bench.host("p:1", 0, DEAD);
        for (int i = 0; i < 10; i++) {
            bench.owe("p:1", "g" + i, CONFIRM);
        }
        bench.run(60_000);
        bench.host("p:1", 1, OK);
        bench.dispatcher.nudge(List.of("g3"));
        bench.run(100);
        assertThat(bench.proposed(Command.Answered.class)).hasSize(10);
    }

    @Test
    void nothingIsRememberedOfWhatWasSettledAtADeadParticipant() {
        bench.host("p:1", 0, DEAD);
        List<Obligation> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(bench.owe("p:1", "g" + i, CONFIRM));
        }
        bench.run(10_000);
        bench.dispatcher.withdraw(all);
        bench.run(1_000);
        assertThat(bench.dispatcher.openTargets()).as("its breaker is remembered a little longer").isEqualTo(1);
        bench.run(60_000);
        assertThat(bench.dispatcher.idleNanos()).isPositive();
        bench.clock.advanceMillis(60_000);
        bench.settle();
        assertThat(bench.dispatcher.remembersNothing()).isTrue();
    }

    @Test
    void pauseAndResumeNeverMakeTwoCallsToOneBranch() {
        Obligation first = bench.owe("p:1", "g", CONFIRM);
        bench.settle();
        bench.withdraw(first);
        Obligation second = bench.owe("p:1", "g", CONFIRM);
        bench.settle();
        bench.withdraw(second);
        bench.owe("p:1", "g", CONFIRM);
        bench.settle();
        assertThat(bench.started).hasSize(1);
        bench.started.getFirst().end(OK);
        bench.settle();
        assertThat(bench.started).hasSize(2);
        bench.started.getLast().end(OK);
        bench.settle();
        assertThat(bench.proposed).hasSize(1);
        assertThat(bench.dispatcher.remembersNothing()).isTrue();
    }

    @Test
    void limitsGoByHostAndPort() {
        assertThat(Authority.of("http://a:1/x?y=http://b")).isEqualTo("a:1");
        assertThat(Authority.of("http://a:1?x")).isEqualTo("a:1");
        assertThat(Authority.of("a:1/x?y=http://b")).isEqualTo("a:1");
        assertThat(Authority.of("grpc://a:1")).isEqualTo("a:1");
        assertThat(Authority.of("a:1/pkg.Service/Call")).isEqualTo("a:1");
    }
}
