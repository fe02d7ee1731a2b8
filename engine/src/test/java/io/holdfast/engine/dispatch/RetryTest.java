package io.holdfast.engine.dispatch;

import static io.holdfast.api.Operation.ACTION;
import static io.holdfast.api.Operation.CONFIRM;
import static io.holdfast.engine.dispatch.Bench.OK;
import static io.holdfast.engine.dispatch.Bench.ONGOING;
import static io.holdfast.engine.dispatch.Bench.STATUS_500;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Text;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import io.holdfast.engine.codec.CommandEncoder;
import io.holdfast.engine.dispatch.Bench.Answer;
import io.holdfast.engine.dispatch.Bench.Started;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetryTest {

    private static final CallPolicy LIMITED = new CallPolicy(3_000, 1_000, 300_000, 2_000, 5);

    private final Bench bench = new Bench();

    @Test
    void theWaitDoublesUpToItsCapTwentyPercentMoreOrLess() {
        SplittableRandom random = new SplittableRandom(1);
        CallPolicy policy = CallPolicy.NATIVE;
        for (int failures = 1; failures <= 100; failures++) {
            long expected = failures > 9 ? 300_000 : Math.min(300_000, 1_000L << failures - 1);
            long least = Long.MAX_VALUE;
            long most = 0;
            for (int i = 0; i < 300; i++) {
                long nanos = Backoff.afterFailureNanos(policy, failures, random);
                least = Math.min(least, nanos);
                most = Math.max(most, nanos);
            }
            assertThat(least).isBetween(expected * 800_000, expected * 850_000);
            assertThat(most).isBetween(expected * 1_150_000, expected * 1_200_000);
        }
    }

    @Test
    void aFailingCallComesBackAfterEachWait() {
        bench.host("p:1", 0, STATUS_500);
        bench.owe("p:1", "g", CONFIRM);
        bench.run(3_600_000);
        List<Started> calls = bench.startedOn("p:1");
        assertThat(calls.size()).isGreaterThan(15);
        for (int i = 1; i < calls.size(); i++) {
            long expected = i > 9 ? 300_000 : Math.min(300_000, 1_000L << i - 1);
            assertThat(calls.get(i).atMillis - calls.get(i - 1).atMillis).as("wait %s", i)
                    .isBetween(expected * 8 / 10 - 1, expected * 12 / 10 + 1);
        }
    }

    @Test
    void ongoingIsAskedAgainAfterAFixedTimeAndIsNoFailure() {
        bench.host("p:1", (call, attempt) -> new Answer(100, attempt < 30 ? ONGOING : OK));
        bench.owe("p:1", "g", CONFIRM);
        bench.run(120_000);
        List<Started> calls = bench.startedOn("p:1");
        assertThat(calls).hasSize(30);
        for (int i = 1; i < calls.size(); i++) {
            assertThat(calls.get(i).atMillis - calls.get(i - 1).atMillis).isEqualTo(2_100);
        }
        assertThat(bench.proposed).hasSize(1);
        assertThat(bench.dispatcher.callsFailed()).isZero();
    }

    @Test
    void ongoingStartsTheBackoffAnew() {
        bench.host("p:1", (call, attempt) -> new Answer(0, attempt == 5 ? ONGOING : STATUS_500));
        bench.owe("p:1", "g", CONFIRM);
        bench.run(60_000);
        List<Started> calls = bench.startedOn("p:1");
        assertThat(calls.get(6).atMillis - calls.get(5).atMillis).isLessThanOrEqualTo(1_200);
    }

    @Test
    void failureFromAnythingButAnActionIsRetried() {
        bench.host("p:1", (call, attempt) -> new Answer(0, attempt < 4 ? new Result.Failure("no") : OK));
        bench.owe("p:1", "g", CONFIRM);
        bench.run(60_000);
        assertThat(bench.startedOn("p:1")).hasSize(4);
        assertThat(bench.proposed(Command.Answered.class)).singleElement()
                .isEqualTo(new Command.Answered("g", 0, CONFIRM, true, false, ""));
    }

    @Test
    void failureFromAnActionIsDefinite() {
        bench.host("p:1", 0, new Result.Failure("sold out"));
        bench.owe("p:1", "g", ACTION);
        bench.run(60_000);
        assertThat(bench.startedOn("p:1")).hasSize(1);
        assertThat(bench.proposed).containsExactly(new Command.Answered("g", 0, ACTION, false, false, "sold out"));
    }

    @Test
    void alreadyDoneIsASuccessWithAMark() {
        bench.host("p:1", 0, new Result.Success(true));
        bench.owe("p:1", "g", CONFIRM);
        bench.settle();
        assertThat(bench.proposed).containsExactly(new Command.Answered("g", 0, CONFIRM, true, true, ""));
    }

    @Test
    void everyFailedAttemptOfALimitedActionIsLogged() {
        bench.host("p:1", 0, STATUS_500);
        bench.owe("p:1", "g", ACTION, LIMITED);
        bench.run(10_000);
        assertThat(bench.proposed).hasSameSizeAs(bench.startedOn("p:1"))
                .allMatch(new Command.AttemptFailed("g", 0, "status 500")::equals).hasSizeGreaterThan(2);
    }

    @Test
    void tenFailuresAskForAttentionOnce() {
        bench.host("p:1", 0, STATUS_500);
        bench.owe("p:1", "g", CONFIRM);
        while (bench.startedOn("p:1").size() < 9) {
            bench.run(1_000);
        }
        assertThat(bench.proposed(Command.AttentionNeeded.class)).isEmpty();
        bench.run(3_600_000);
        assertThat(bench.proposed(Command.AttentionNeeded.class)).singleElement()
                .isEqualTo(new Command.AttentionNeeded("g",
                        "confirm of branch 01 at p:1 failed 10 times, last: status 500"));
    }

    @Test
    void anErrorIsNotedFromItsSecondTimeWhenItsClassChangesAndOnceAMinute() {
        CallPolicy everySecond = new CallPolicy(3_000, 1_000, 1_000, 2_000, 0);
        bench.host("p:1", (call, attempt) -> new Answer(0,
                attempt < 200 ? STATUS_500 : new Result.Unknown(Trouble.UNEXPECTED_ANSWER, "status " + attempt)));
        bench.owe("p:1", "g", CONFIRM, everySecond);
        bench.settle();
        assertThat(bench.proposed).isEmpty();
        while (bench.startedOn("p:1").size() < 199) {
            bench.run(500);
        }
        assertThat(bench.proposed(Command.ErrorNoted.class)).singleElement()
                .isEqualTo(new Command.ErrorNoted("g", 0, CONFIRM, "status 500"));
        long from = bench.nowMillis();
        bench.run(300_000);
        assertThat(bench.nowMillis() - from).isEqualTo(300_000);
        assertThat(bench.proposed(Command.ErrorNoted.class)).hasSizeBetween(5, 7);
    }

    @Test
    void textsOfParticipantsAlwaysFitTheLog() {
        String broken = "\uD83D" + "x".repeat(5_000_000);
        bench.host("p:1", 0, new Result.Failure(broken));
        bench.host("p:2", 0, new Result.Unknown(Trouble.UNEXPECTED_ANSWER, broken));
        bench.host("p:3", 0, new Result.Failure(broken));
        bench.owe("p:1", "g1", ACTION);
        bench.owe("p:2", "g2", ACTION, LIMITED);
        bench.owe("p:3", "g3", CONFIRM);
        bench.run(60_000);
        assertThat(bench.proposed).hasSizeGreaterThan(3)
                .allSatisfy(c -> assertThat(CommandEncoder.encode(c).length).isLessThan(8 * Text.MAX_CHARS));
        assertThat(bench.dispatcher.pending("g3")).allMatch(call -> call.lastError().length() < 2 * Text.MAX_CHARS);
    }

    @Test
    void nudgeSkipsTheBackoffOfThatTransactionAlone() {
        bench.host("p:1", 0, STATUS_500);
        bench.owe("p:1", "g", CONFIRM);
        bench.owe("p:1", "h", CONFIRM);
        bench.settle();
        bench.dispatcher.nudge(List.of("g", "unknown"));
        bench.settle();
        assertThat(bench.startedOn("p:1")).extracting(one -> one.call.gid()).containsExactly("g", "h", "g");
        assertThat(bench.dispatcher.pending("g")).singleElement().satisfies(call -> {
            assertThat(call.attempts()).isEqualTo(2);
            assertThat(call.lastError()).isEqualTo("status 500");
            assertThat(call.nextAttemptInMillis()).isBetween(1_599L, 2_400L);
            assertThat(call.inFlight()).isFalse();
        });
    }

    @Test
    void drainStartsNothingMoreAndLetsCallsEnd() {
        bench.owe("p:1", "g", CONFIRM);
        bench.settle();
        bench.dispatcher.drain();
        bench.owe("p:1", "h", CONFIRM);
        bench.settle();
        assertThat(bench.started).hasSize(1);
        bench.started.getFirst().end(OK);
        bench.run(1_000_000);
        assertThat(bench.started).hasSize(1);
        assertThat(bench.proposed(Command.Answered.class)).hasSize(1);
    }

    @Test
    void epochsGrowWithEveryAttempt() {
        bench.host("p:1", 0, STATUS_500);
        for (int i = 0; i < 20; i++) {
            bench.owe("p:1", "g" + i, CONFIRM);
        }
        bench.run(30_000);
        long last = 0;
        for (Started one : bench.started) {
            String[] epoch = one.call.epoch().split("\\.", -1);
            assertThat(epoch).hasSize(2);
            assertThat(epoch[0]).isEqualTo("3");
            assertThat(Long.parseLong(epoch[1])).isGreaterThan(last);
            last = Long.parseLong(epoch[1]);
        }
        assertThat(last).isGreaterThan(20);
    }
}
