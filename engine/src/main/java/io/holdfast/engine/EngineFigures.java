package io.holdfast.engine;

/**
 * What an engine is doing, at one moment.
 *
 * @param unfinished       unfinished transactions
 * @param finishedKept     finished transactions still kept in memory
 * @param liveBytes        estimated bytes of unfinished transactions
 * @param sequence         last applied entry
 * @param logFreeBytes     room left in the log
 * @param storeFreeBytes   room left on the disk of the store
 * @param cuts             since this process started
 * @param expired          finished transactions that retention has removed, since this process started
 * @param waiting          commands that wait for the log
 * @param callsInFlight    calls to participants under way
 * @param transactionsOwed transactions to which a call is owed
 * @param openTargets      participants whose breaker is open
 * @param callsStarted     since this process started
 * @param callsFailed      without a definite answer, since this process started
 */
public record EngineFigures(int unfinished, int finishedKept, long liveBytes, long sequence, long logFreeBytes,
        long storeFreeBytes, long cuts, long expired, int waiting,
        int callsInFlight, int transactionsOwed, long openTargets, long callsStarted, long callsFailed) {}
