package io.holdfast.engine;

import io.holdfast.core.Healing;

/**
 * What an engine is doing, at one moment.
 *
 * @param healing what timers have done since this process started
 */
public record EngineFigures(Transactions transactions, Storage storage, Calls calls, Healing healing) {

    /**
     * @param unfinished             unfinished transactions
     * @param maxUnfinished          their bound, over which begin is refused
     * @param needAttention          unfinished ones that somebody should look at
     * @param paused                 unfinished ones that an operator has paused
     * @param oldestUnfinishedMillis wall time since the first of the unfinished began; 0 if there is none
     * @param finishedKept           finished transactions still kept in memory
     * @param liveBytes              estimated bytes of unfinished transactions
     * @param maxLiveBytes           their bound, over which begin is refused
     */
    public record Transactions(int unfinished, int maxUnfinished, int needAttention, int paused,
            long oldestUnfinishedMillis, int finishedKept, long liveBytes, long maxLiveBytes) {}

    /**
     * @param sequence           last applied entry
     * @param waiting            commands that wait for the log
     * @param logFreeBytes       room left in the log
     * @param logReservedBytes   room in the log under which begin is refused
     * @param bytesSinceCut      bytes of the entries that no cut holds yet
     * @param storeFreeBytes     room left on the disk of the store
     * @param storeReservedBytes room there under which begin is refused
     * @param cuts               since this process started
     * @param expired            finished transactions that retention has removed, since this process started
     * @param expiryAgeMillis    since retention last had nothing left to remove
     */
    public record Storage(long sequence, int waiting, long logFreeBytes, long logReservedBytes, long bytesSinceCut,
            long storeFreeBytes, long storeReservedBytes, long cuts, long expired, long expiryAgeMillis) {}

    /**
     * @param inFlight         calls to participants under way
     * @param waitingForRoom   calls that are due and would be under way if more of them could be made at once
     * @param transactionsOwed transactions to which a call is owed
     * @param openTargets      participants whose breaker is open
     * @param started          since this process started
     * @param failed           without a definite answer, since this process started
     */
    public record Calls(int inFlight, int waitingForRoom, int transactionsOwed, long openTargets, long started,
            long failed) {}
}
