package io.holdfast.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class SoakVerdictTest {

    private static final SoakPlan PLAN = SoakPlan.of(30, 10);
    private static final SoakVerdict.After GOOD = after(PLAN.transactions(), 0, List.of(), 900);

    @Test
    void aFlatDiskAndNothingLostIsGood() {
        assertThat(judge(seconds -> seconds < 240 ? seconds : 240, GOOD).isGood()).isTrue();
    }

    @Test
    void aDiskThatGrowsSlowlyIsNotFlat() {
        SoakVerdict verdict = judge(seconds -> 1_000 + seconds / 8, GOOD);
        assertThat(verdict.isGood()).isFalse();
        assertThat(verdict.lines()).anyMatch(line -> line.startsWith("BROKEN   disk use"));
    }

    @Test
    void aStoreThatGrowsIsNotHiddenByALogThatDoesNot() {
        SoakVerdict verdict = judge(_ -> 1_500, seconds -> 20 + seconds / 60, GOOD);
        assertThat(verdict.lines()).anyMatch(line -> line.startsWith("BROKEN   disk use of the store"))
                .anyMatch(line -> line.startsWith("ok       disk use of the log"));
    }

    @Test
    void aStoreOfNoSizeWasNotMeasured() {
        assertThat(judge(_ -> 1_500, _ -> 0, GOOD).isGood()).isFalse();
    }

    @Test
    void peaksOfCompactionAreNoGrowth() {
        assertThat(judge(seconds -> seconds % 100 == 0 ? 2_000 : 1_000, GOOD).isGood()).isTrue();
    }

    @Test
    void anyFailedRequestBreaksIt() {
        assertThat(judge(seconds -> 1_000, after(PLAN.transactions() - 1, 1, List.of(), 900)).isGood()).isFalse();
    }

    @Test
    void aLoadThatWasNotThereBreaksIt() {
        assertThat(judge(seconds -> 1_000, after(PLAN.transactions() / 2, 0, List.of(), 900)).isGood()).isFalse();
    }

    @Test
    void aMissingTransactionBreaksIt() {
        SoakVerdict verdict = judge(seconds -> 1_000, after(PLAN.transactions(), 0, List.of("g is unknown"), 900));
        assertThat(verdict.lines()).contains(
                "BROKEN   99 of 100 unfinished transactions are there (g is unknown) after the restart");
    }

    @Test
    void aSlowRestartBreaksIt() {
        assertThat(judge(seconds -> 1_000, after(PLAN.transactions(), 0, List.of(), 5_000)).isGood()).isFalse();
    }

    @Test
    void withoutSamplesThereIsNoVerdict() {
        assertThat(SoakVerdict.of(PLAN, List.of(), GOOD).isGood()).isFalse();
    }

    private static SoakVerdict.After after(long done, long failed, List<String> missing, double restartMillis) {
        return new SoakVerdict.After(done, failed, List.of(), List.of(), missing, restartMillis);
    }

    private static SoakVerdict judge(IntToLongFunction mebibytes, SoakVerdict.After after) {
        return judge(mebibytes, mebibytes, after);
    }

    private static SoakVerdict judge(IntToLongFunction logMebibytes, IntToLongFunction storeMebibytes,
            SoakVerdict.After after) {
        List<SoakSample> samples = new ArrayList<>();
        for (int seconds = 10; seconds <= PLAN.seconds(); seconds += 10) {
            samples.add(new SoakSample(seconds, 1, 0, 1, 1, 1, logMebibytes.applyAsLong(seconds) << 20,
                    storeMebibytes.applyAsLong(seconds) << 20, 1, 1, 100, 1, 1, 1));
        }
        return SoakVerdict.of(PLAN, samples, after);
    }
}
