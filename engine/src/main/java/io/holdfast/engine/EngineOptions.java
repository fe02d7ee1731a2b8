package io.holdfast.engine;

import io.holdfast.core.Check;
import io.holdfast.core.Limits;
import io.holdfast.engine.dispatch.DispatchOptions;

/**
 * Bounds of an engine.
 *
 * @param limits           bounds on state, logged with each boot
 * @param dispatch         bounds of the dispatcher
 * @param maxWaiting       commands and queries that wait for their turn; over it they are refused
 * @param maxBatchCommands commands of one entry
 * @param maxBatchBytes    bytes after which an entry takes no further command
 * @param logReservePercent share of the log, in percent of its free bytes at start, that begin leaves for what was accepted
 */
public record EngineOptions(Limits limits, DispatchOptions dispatch, int maxWaiting, int maxBatchCommands,
        int maxBatchBytes,
        int logReservePercent) {

    public static final EngineOptions DEFAULT = new EngineOptions(Limits.DEFAULT, DispatchOptions.DEFAULT, 65_536,
            8_192, 1 << 20, 10);

    public EngineOptions {
        Check.that(maxWaiting > 0 && maxBatchCommands > 0 && maxBatchBytes > 0,
                "engine bounds must be positive: %s %s %s",
                maxWaiting, maxBatchCommands, maxBatchBytes);
        Check.that(logReservePercent >= 0 && logReservePercent < 100, "logReservePercent=%s", logReservePercent);
    }

    public EngineOptions withLimits(Limits newLimits) {
        return new EngineOptions(newLimits, dispatch, maxWaiting, maxBatchCommands, maxBatchBytes, logReservePercent);
    }

    public EngineOptions withDispatch(DispatchOptions newDispatch) {
        return new EngineOptions(limits, newDispatch, maxWaiting, maxBatchCommands, maxBatchBytes, logReservePercent);
    }
}
