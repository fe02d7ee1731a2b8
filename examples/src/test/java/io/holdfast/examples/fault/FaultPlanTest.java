package io.holdfast.examples.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Operation;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
    /** Computed by another implementation of the same definition. */
    private static final long GOLDEN = -6482288157236136169L;
    private static final int FEW_ORDERS = 30;
    private static final int MANY_ORDERS = 3_600;

    @Test
    void theSameSeedChoosesTheSameFaults() {
        assertThat(choices(new FaultPlan(5, MANY_ORDERS))).isEqualTo(choices(new FaultPlan(5, MANY_ORDERS)));
    }

    @Test
    void anotherSeedChoosesOtherFaults() {
        assertThat(choices(new FaultPlan(5, MANY_ORDERS))).isNotEqualTo(choices(new FaultPlan(6, MANY_ORDERS)));
    }

    @Test
    void theHashIsTheSameInEveryProcessAndRelease() {
        assertThat(SeededHash.of(1, "gid", "01", "try", "1")).isEqualTo(GOLDEN);
        assertThat(SeededHash.of(1, "ab", "c")).isNotEqualTo(SeededHash.of(1, "a", "bc"));
    }

    @Test
    void everyFaultIsChosenEvenInASlowRun() {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(kinds(new FaultPlan(seed, FEW_ORDERS))).as("seed=%d", seed)
                    .containsExactlyInAnyOrder(FaultKind.values());
        }
    }

    @Test
    void mostCallsOfALargeRunAreUndisturbed() {
        long disturbed = choices(new FaultPlan(5, MANY_ORDERS)).chars().filter(c -> c != '.').count();

        assertThat(disturbed).isBetween(500L, 2_500L);
    }

    @Test
    void afterTwoAttemptsOnlyLastingFaultsRemain() {
        FaultPlan plan = new FaultPlan(5, FEW_ORDERS);
        for (int i = 0; i < 1_000; i++) {
            for (Operation operation : Operation.values()) {
                FaultKind third = plan.ofBranchCall("tcc-" + i, "01", operation, 3);
                assertThat(third == null || third == plan.ofBranchCall("tcc-" + i, "01", operation, 1)).isTrue();
                assertThat(third).isIn(null, FaultKind.LATE_TRY, FaultKind.BUSINESS_REJECT);
            }
        }
    }

    @Test
    void warmUpMeetsNoFault() {
        FaultPlan plan = new FaultPlan(5, FEW_ORDERS);
        for (int i = 0; i < 1_000; i++) {
            assertThat(plan.ofBranchCall(FaultPlan.UNDISTURBED + i, "01", Operation.TRY, 1)).isNull();
            assertThat(plan.losesCoordinatorReply(FaultPlan.UNDISTURBED + i, "submit", 1)).isFalse();
        }
    }

    @Test
    void aRunWithoutOrdersIsRefused() {
        assertThatThrownBy(() -> new FaultPlan(5, 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("plannedOrders=0");
    }

    /** One character for each call of a run. */
    private static String choices(FaultPlan plan) {
        StringBuilder choices = new StringBuilder();
        for (int i = 0; i < MANY_ORDERS / 2; i++) {
            for (Operation operation : Operation.values()) {
                FaultKind kind = plan.ofBranchCall("tcc-" + i, "01", operation, 1);
                choices.append(kind == null ? '.' : (char) ('a' + kind.ordinal()));
            }
        }
        return choices.toString();
    }

    /** What strikes in a run without retries: half of the orders TCC, half Saga, each with two branches. */
    private static Set<FaultKind> kinds(FaultPlan plan) {
        Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        for (int i = 0; i < 4 * FEW_ORDERS; i++) {
            for (String branch : new String[]{"01", "02"}) {
                for (Operation operation : new Operation[]{Operation.TRY, Operation.CONFIRM, Operation.ACTION}) {
                    FaultKind kind = plan.ofBranchCall("gid-" + i, branch, operation, 1);
                    if (kind != null) {
                        kinds.add(kind);
                    }
                }
            }
            if (plan.losesCoordinatorReply("gid-" + i, "submit", 1)) {
                kinds.add(FaultKind.LOST_COORDINATOR_REPLY);
            }
        }
        return kinds;
    }
}
