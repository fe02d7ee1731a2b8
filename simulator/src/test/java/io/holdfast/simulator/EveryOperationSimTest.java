package io.holdfast.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A script of 200 transactions, once for every write and sync of the disk, with a crash in it. */
class EveryOperationSimTest {

    private static final int TRANSACTIONS = 200;
    private static final long SEED = 7;

    @Test
    void aCrashInAnyWriteOrSyncBreaksNoGuarantee() {
        long operations = Simulation.run(SEED, SimOptions.script(TRANSACTIONS, Long.MAX_VALUE)).diskOperations();
        assertThat(operations).isGreaterThan(TRANSACTIONS);
        int crashes = 0;
        for (long operation = 1; operation <= operations; operation++) {
            crashes += Simulation.run(SEED, SimOptions.script(TRANSACTIONS, operation)).lives();
        }
        System.out.printf("crashed in each of %d disk operations of %d transactions%n", operations, TRANSACTIONS);
        assertThat(crashes).isEqualTo((int) operations);
    }
}
