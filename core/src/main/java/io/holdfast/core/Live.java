package io.holdfast.core;

import io.holdfast.core.TimerWheel.Timer;
import org.jspecify.annotations.Nullable;

/** The core's own record of one transaction: its present state, its timer and its share of the bounds. */
final class Live {

    final Timer timer;
    /** Position in the order of creation; the cursor of lists. */
    final long ordinal;
    Transaction now;
    /** Whether the entry being applied has changed it; false outside of an entry. */
    boolean touched;
    /** The state before the entry being applied; null if that entry created it, and outside of an entry. */
    @Nullable
    Transaction before;
    long liveBytes;
    long finishedBytes;
    /** Position in the order of finishing, and the entry it finished in; 0 while unfinished. */
    long finishedOrdinal;
    long finishedSequence;
    /** Whether the last cut holds it as unfinished. */
    boolean inCut;
    /** Whether it counts among those that need attention, and those that are paused. */
    boolean countsAttention;
    boolean countsPaused;
    /** Position among those that changed since the last cut; -1 if it did not. */
    int changedIndex = -1;

    Live(Transaction transaction, long ordinal) {
        this.timer = new Timer(transaction.gid());
        this.ordinal = ordinal;
        this.now = transaction;
    }
}
