package io.holdfast.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Operation;
import io.holdfast.examples.fault.FaultCounts;
import io.holdfast.examples.fault.FaultKind;
import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.judge.Findings;
import io.holdfast.examples.load.Tally;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A run in which nothing was put to the test has not passed it. */
class RunResultTest {
    private static final int SECONDS = 60;
    private static final int ORDERS = 600;
    private static final Map<String, Long> REASONS = Map.of("insufficient_stock", 1L, "insufficient_balance", 1L,
            "coupon_not_usable", 1L);

    private final Map<String, Long> payEffects = new HashMap<>(
            Arrays.stream(Operation.values()).collect(Collectors.toMap(Operation::name, operation -> 1L)));

    private List<Integer> unfinishedAtKills = List.of();

    @Test
    void aRunInWhichEverythingHappenedAndNothingBrokeHasNotFailed() {
        assertThat(result(ORDERS, ORDERS - 5).failures()).isEmpty();
    }

    @Test
    void aRunThatConfirmedNothingHasFailed() {
        assertThat(result(ORDERS, 0).failures()).containsExactly("confirmed=0 of 600, allowed: at least 30");
    }

    @Test
    void ofMoreThanAnyMachineCanTakeARunNeedNotConfirmAShare() {
        int offered = 300 * SECONDS;

        assertThat(result(offered, offered, 180).failures()).isEmpty();
        assertThat(result(offered, offered, 179).failures())
                .containsExactly("confirmed=179 of 18000, allowed: at least 180");
    }

    @Test
    void aRunWhoseJournalLacksOrdersHasFailed() {
        assertThat(result(ORDERS - 1, ORDERS - 5).failures()).containsExactly("placed=599, asked for: 600");
    }

    @Test
    void aRunInWhichAnOperationNeverTookEffectHasFailed() {
        payEffects.remove("COMPENSATE");

        assertThat(result(ORDERS, ORDERS - 5).failures()).singleElement().asString()
                .startsWith("no COMPENSATE ever took effect in the pay service");
    }

    @Test
    void aRunWhoseKillsFoundHardlyAnythingUnderWayHasFailed() {
        unfinishedAtKills = List.of(25, 3);

        assertThat(result(ORDERS, ORDERS - 5).failures()).singleElement().asString()
                .startsWith("only 3 transactions were unfinished at a kill");
    }

    private RunResult result(long placed, long confirmed) {
        return result(ORDERS, placed, confirmed);
    }

    private RunResult result(int askedFor, long placed, long confirmed) {
        Map<String, Long> orderEffects = Arrays.stream(Operation.values())
                .collect(Collectors.toMap(Operation::name, operation -> 1L));
        Findings findings = new Findings(new Findings.Orders(placed, confirmed, REASONS, 0, 0),
                new Findings.Safety(0, 0, 0, 0, 0, 0, 0, 0), new Findings.Details(0, 0, 0, 0, 0, 0, 0, 0, 0),
                Map.of("order", orderEffects, "pay", payEffects));
        Map<FaultKind, FaultCounts.Count> faults = Arrays.stream(FaultKind.values())
                .collect(Collectors.toMap(Function.identity(), kind -> new FaultCounts.Count(1, 1)));
        return new RunResult(
                new DemoSettings(SECONDS, askedFor / SECONDS, 1, true, 0, 1, 0, Components.EMBEDDED,
                        Path.of("report.json"),
                        PlantedBug.NONE),
                findings, new Tally(), faults, unfinishedAtKills, 0, 0, List.of(), 0);
    }
}
