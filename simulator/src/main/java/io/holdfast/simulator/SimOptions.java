package io.holdfast.simulator;

import io.holdfast.core.Limits;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.EngineOptions.CutOptions;
import io.holdfast.engine.Retention;
import java.util.random.RandomGenerator;

/**
 * What one run does.
 *
 * @param transactions     started at random times
 * @param spreadMillis     within this time
 * @param crashes          at most so many crashes at random disk operations
 * @param kills            at most so many kills at random moments, also while nothing is written
 * @param crashAtOperation the disk operation of the first process to crash in; 0 for random ones
 * @param participantFaults whether calls are lost, doubled, late and answered with nonsense
 * @param operators        whether operators pause, resume, retry and settle
 */
public record SimOptions(int transactions, int spreadMillis, int crashes, int kills, long crashAtOperation,
        boolean participantFaults,
        boolean operators) {

    /** The default of the seeds. */
    public static SimOptions swarm(int transactions) {
        return new SimOptions(transactions, 20_000, 8, 2, 0, true, true);
    }

    /** Few transactions and nobody else who would wake the engine: what is due has to be remembered. */
    public static SimOptions quiet() {
        return new SimOptions(3, 5_000, 10, 8, 0, true, false);
    }

    /** A script that crashes in one given operation. */
    public static SimOptions script(int transactions, long crashAtOperation) {
        return new SimOptions(transactions, 5_000, 0, 0, crashAtOperation, false, false);
    }

    /** Cuts at every size, and finished transactions that leave the core at once or never. */
    EngineOptions drawEngine(RandomGenerator random) {
        int[] kept = {0, 1, 4, 1_000};
        Limits limits = new Limits(10_000, 1L << 30, 100, kept[random.nextInt(kept.length)]);
        CutOptions cuts = new CutOptions(1L << 6 + random.nextInt(12), 1 + random.nextInt(40),
                1 + random.nextInt(20), new Retention(0, 0, 0), 0);
        return EngineOptions.DEFAULT.withLimits(limits).withCuts(cuts);
    }
}
