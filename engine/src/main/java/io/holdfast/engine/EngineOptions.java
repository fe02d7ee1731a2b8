package io.holdfast.engine;

import io.holdfast.core.Check;
import io.holdfast.core.Limits;
import io.holdfast.engine.dispatch.DispatchOptions;

/**
 * Bounds of an engine.
 *
 * @param limits           bounds on state, logged with each boot
 * @param dispatch         bounds of the dispatcher
 * @param cuts             when cuts are taken and what is kept how long
 * @param maxWaiting       commands and queries that wait for their turn; over it they are refused
 * @param maxBatchCommands commands of one entry
 * @param maxBatchBytes    bytes after which an entry takes no further command
 * @param logReservePercent share of the log, in percent of its free bytes at start, that begin leaves for what was accepted
 */
public record EngineOptions(Limits limits, DispatchOptions dispatch, CutOptions cuts, int maxWaiting,
        int maxBatchCommands, int maxBatchBytes, int logReservePercent) {

    public static final EngineOptions DEFAULT = new EngineOptions(Limits.DEFAULT, DispatchOptions.DEFAULT,
            CutOptions.DEFAULT, 65_536, 8_192, 1 << 20, 10);

    public EngineOptions {
        Check.that(maxWaiting > 0 && maxBatchCommands > 0 && maxBatchBytes > 0,
                "engine bounds must be positive: %s %s %s",
                maxWaiting, maxBatchCommands, maxBatchBytes);
        Check.that(logReservePercent >= 0 && logReservePercent < 100, "logReservePercent=%s", logReservePercent);
    }

    public EngineOptions withLimits(Limits newLimits) {
        return new EngineOptions(newLimits, dispatch, cuts, maxWaiting, maxBatchCommands, maxBatchBytes,
                logReservePercent);
    }

    public EngineOptions withDispatch(DispatchOptions newDispatch) {
        return new EngineOptions(limits, newDispatch, cuts, maxWaiting, maxBatchCommands, maxBatchBytes,
                logReservePercent);
    }

    public EngineOptions withCuts(CutOptions newCuts) {
        return new EngineOptions(limits, dispatch, newCuts, maxWaiting, maxBatchCommands, maxBatchBytes,
                logReservePercent);
    }

    /**
     * @param cutBytes        bytes of entries after which a cut is taken
     * @param cutEntries      entries after which a cut is taken, however few bytes they took
     * @param cutTransactions changed transactions after which a cut is taken, however few bytes they took
     * @param maxBacklog      finished transactions that may wait for the archive; over it the core waits
     * @param retention       how long the archive keeps what
     * @param minFreeBytes    room on the disk of the store under which begin is refused
     */
    public record CutOptions(long cutBytes, long cutEntries, int cutTransactions, int maxBacklog, Retention retention,
            long minFreeBytes) {

        public static final CutOptions DEFAULT = new CutOptions(32L << 20, Long.MAX_VALUE, 250_000, 50_000,
                Retention.DEFAULT,
                256L << 20);

        public CutOptions {
            Check.that(cutBytes > 0 && cutEntries > 0 && cutTransactions > 0 && maxBacklog > 0 && minFreeBytes >= 0,
                    "store bounds must be positive: %s %s %s %s %s", cutBytes, cutEntries, cutTransactions, maxBacklog,
                    minFreeBytes);
        }

        public CutOptions withRetention(Retention newRetention) {
            return new CutOptions(cutBytes, cutEntries, cutTransactions, maxBacklog, newRetention, minFreeBytes);
        }

        public CutOptions withCutEntries(long newCutEntries) {
            return new CutOptions(cutBytes, newCutEntries, cutTransactions, maxBacklog, retention, minFreeBytes);
        }
    }
}
