package io.holdfast.simulator;

import io.holdfast.core.Limits;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.EngineOptions.CutOptions;
import io.holdfast.engine.Retention;
import io.holdfast.engine.dispatch.DispatchOptions;
import java.util.random.RandomGenerator;

/**
 * What one run does.
 *
 * @param firstTransaction the number of the first transaction
 * @param transactions     how many there are
 * @param spreadMillis     within this time they begin
 * @param topology         how many nodes there are
 * @param workers          whether workers make the calls
 * @param faultless        faults that are left out
 * @param crashAtOperation the disk operation of the first process to crash in; 0 for those that the seed draws
 * @param traced           whether the story is kept
 */
public record SimOptions(int firstTransaction, int transactions, int spreadMillis, Topology topology, Workers workers,
        Faultless faultless, long crashAtOperation, boolean traced) {

    /** How many nodes there are. */
    public enum Topology {
        /** As the seed draws it. */
        DRAWN,
        /** One node on files of its own. */
        ALONE,
        /** Three or five nodes with a log that they agree on. */
        GROUP
    }

    /** Whether there are workers, which make calls for the nodes. */
    public enum Workers {
        /** As the seed draws it. */
        DRAWN,
        /** The nodes call participants themselves. */
        NONE,
        /** One or more. */
        SOME
    }

    /** Cuts per life, in bytes of the log: from one per entry to few. */
    private static final int MIN_CUT_SHIFT = 6;
    private static final int CUT_SHIFTS = 12;

    /** The default of the seeds: 200 transactions in two minutes of virtual time, most of them with faults. */
    public static SimOptions swarm(int transactions) {
        return new SimOptions(0, transactions, 300 * transactions, Topology.DRAWN, Workers.DRAWN, Faultless.NOTHING, 0,
                false);
    }

    /** Few transactions and nobody else who would wake the engine: what is due has to be remembered. */
    public static SimOptions quiet() {
        return new SimOptions(0, 3, 5_000, Topology.DRAWN, Workers.DRAWN, Faultless.NOTHING.without(Fault.OPERATOR), 0,
                false);
    }

    /** A script that crashes in one given operation. */
    public static SimOptions script(int transactions, long crashAtOperation) {
        return new SimOptions(0, transactions, 5_000, Topology.ALONE, Workers.NONE, Faultless.everything(),
                crashAtOperation, false);
    }

    /** As this, with the story kept. */
    public SimOptions withTrace() {
        return new SimOptions(firstTransaction, transactions, spreadMillis, topology, workers, faultless,
                crashAtOperation,
                true);
    }

    /** As this, for these transactions only. */
    public SimOptions withTransactions(int first, int count) {
        return new SimOptions(first, count, spreadMillis, topology, workers, faultless, crashAtOperation, traced);
    }

    /** As this, without these faults. */
    public SimOptions without(Faultless leftOut) {
        return new SimOptions(firstTransaction, transactions, spreadMillis, topology, workers, leftOut,
                crashAtOperation,
                traced);
    }

    /** As this, on so many nodes. */
    public SimOptions on(Topology nodes) {
        return new SimOptions(firstTransaction, transactions, spreadMillis, nodes, workers, faultless, crashAtOperation,
                traced);
    }

    /** As this, with or without workers. */
    public SimOptions with(Workers some) {
        return new SimOptions(firstTransaction, transactions, spreadMillis, topology, some, faultless, crashAtOperation,
                traced);
    }

    int drawNodes(RandomGenerator random) {
        int drawn = random.nextInt(8);
        return switch (topology) {
            case ALONE -> 1;
            case GROUP -> drawn < 6 ? 3 : 5;
            case DRAWN -> drawn < 4 ? 1 : drawn < 7 ? 3 : 5;
        };
    }

    /** Calls one after the other or all at once; breakers and cries for attention early or late. */
    private static DispatchOptions drawDispatch(RandomGenerator random) {
        DispatchOptions usual = DispatchOptions.DEFAULT;
        boolean narrow = random.nextInt(4) == 0;
        boolean nervous = random.nextInt(3) == 0;
        return new DispatchOptions(narrow ? 3 : usual.maxInFlight(), narrow ? 2 : usual.maxInFlightPerTarget(),
                narrow ? 1 : usual.rampStart(), narrow ? 1 : usual.rampAfterOutage(),
                narrow ? 1 : usual.floorPerTarget(),
                nervous ? 1 : usual.breakerFailures(), usual.probeMinMillis(), nervous ? 1_000 : usual.probeMaxMillis(),
                nervous ? 2 : usual.attentionAttempts(), nervous ? 1_000 : usual.errorNoteMillis());
    }

    /** Cuts at every size, finished transactions that leave the core at once or never, bounds that are met and that are not. */
    EngineOptions drawEngine(RandomGenerator random) {
        int[] kept = {0, 1, 4, 1_000};
        int[] unfinished = {10_000, 10_000, 12};
        int[] waiting = {1 << 16, 1 << 16, 8};
        Limits limits = new Limits(unfinished[random.nextInt(unfinished.length)], 1L << 30, 100,
                kept[random.nextInt(kept.length)]);
        CutOptions cuts = new CutOptions(1L << MIN_CUT_SHIFT + random.nextInt(CUT_SHIFTS), Long.MAX_VALUE,
                1 + random.nextInt(40), 1 + random.nextInt(20), new Retention(0, 0, 0), 0);
        EngineOptions options = EngineOptions.DEFAULT.withLimits(limits).withCuts(cuts);
        return new EngineOptions(options.limits(), drawDispatch(random), options.cuts(),
                waiting[random.nextInt(waiting.length)], options.maxBatchCommands(), options.maxBatchBytes(),
                options.logReservePercent());
    }
}
