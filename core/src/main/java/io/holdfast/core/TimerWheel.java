package io.holdfast.core;

import java.util.ArrayList;
import java.util.List;

/**
 * A hierarchical timing wheel over logical milliseconds: O(1) to set and to cancel, so that millions of open transactions cost
 * no scan. Seven levels of 64 slots reach 139 years of logical time; a timer beyond that never fires. A bitmap per level finds
 * the next slot in use.
 * <p>
 * Not durable: it is rebuilt from the live records. Timers fire sorted by time and gid, so that the order of firing does not
 * depend on the order of setting. Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987.
 */
final class TimerWheel {

    private static final int BITS = 6;
    private static final int SLOTS = 1 << BITS;
    private static final int LEVELS = 7;
    private static final int MOST_LOOKED_AT = 64;
    /** The end of the last slot. Beyond it slots would be reused while they still count as now, and never empty. */
    static final long HORIZON_MILLIS = 1L << BITS * LEVELS;

    private final Timer[] heads = new Timer[LEVELS * SLOTS];
    private final long[] used = new long[LEVELS];
    private long nowMillis;

    TimerWheel() {
        for (int i = 0; i < heads.length; i++) {
            heads[i] = new Timer("");
        }
    }

    /** A timer of one owner; set at most once at a time. */
    static final class Timer {
        final String gid;
        private long atMillis;
        private Timer previous = this;
        private Timer next = this;
        private int slot = -1;

        Timer(String gid) {
            this.gid = gid;
        }

        long atMillis() {
            return slot < 0 ? Long.MAX_VALUE : atMillis;
        }
    }

    /**
     * Sets or moves a timer; {@link Long#MAX_VALUE}, like all beyond the horizon, cancels it. A time in the past fires with the
     * next {@link #advance}.
     */
    void set(Timer timer, long atMillis) {
        if (timer.slot >= 0) {
            if (timer.atMillis == atMillis) {
                return;
            }
            unlink(timer);
        }
        if (atMillis < HORIZON_MILLIS) {
            timer.atMillis = atMillis;
            link(timer);
        }
    }

    /** Moves time forward and returns what is due, unset, in the order of time and then gid. */
    List<Timer> advance(long toMillis) {
        Check.that(toMillis >= nowMillis, "time went back: %s < %s", toMillis, nowMillis);
        Check.that(toMillis < HORIZON_MILLIS, "logical time %s is beyond the timers", toMillis);
        if (nextSlotMillis() > toMillis) {
            nowMillis = toMillis;
            return List.of();
        }
        List<Timer> due = new ArrayList<>();
        for (long slotMillis = nextSlotMillis(); slotMillis <= toMillis; slotMillis = nextSlotMillis()) {
            nowMillis = Math.max(nowMillis, slotMillis);
            emptySlotsAt(due);
        }
        nowMillis = toMillis;
        due.sort((a, b) -> a.atMillis != b.atMillis
                ? Long.compare(a.atMillis, b.atMillis)
                : Utf8Order.compare(a.gid, b.gid));
        return due;
    }

    /**
     * When to call {@link #advance}: never later than the earliest timer, and exactly then unless very many share its slot, in
     * which case looking through them would cost more than waking early.
     */
    long nextWakeAtMillis() {
        int slot = nextSlot();
        if (slot < 0) {
            return Long.MAX_VALUE;
        }
        Timer head = heads[slot];
        long earliest = Long.MAX_VALUE;
        int looked = 0;
        for (Timer timer = head.next; timer != head; timer = timer.next) {
            if (++looked > MOST_LOOKED_AT) {
                return startOf(slot);
            }
            earliest = Math.min(earliest, timer.atMillis);
        }
        return Math.max(earliest, nowMillis);
    }

    private void emptySlotsAt(List<Timer> due) {
        for (int level = 0; level < LEVELS; level++) {
            int index = (int) (nowMillis >>> (BITS * level)) & (SLOTS - 1);
            if ((used[level] & 1L << index) == 0) {
                continue;
            }
            Timer head = heads[level * SLOTS + index];
            while (head.next != head) {
                Timer timer = head.next;
                unlink(timer);
                if (timer.atMillis <= nowMillis) {
                    due.add(timer);
                } else {
                    link(timer);
                }
            }
        }
    }

    private void link(Timer timer) {
        long at = Math.max(timer.atMillis, nowMillis);
        int level = levelOf(at);
        int index = (int) (at >>> (BITS * level)) & (SLOTS - 1);
        timer.slot = level * SLOTS + index;
        Timer head = heads[timer.slot];
        timer.previous = head.previous;
        timer.next = head;
        head.previous.next = timer;
        head.previous = timer;
        used[level] |= 1L << index;
    }

    private void unlink(Timer timer) {
        timer.previous.next = timer.next;
        timer.next.previous = timer.previous;
        Timer head = heads[timer.slot];
        if (head.next == head) {
            used[timer.slot / SLOTS] &= ~(1L << timer.slot % SLOTS);
        }
        timer.next = timer;
        timer.previous = timer;
        timer.slot = -1;
    }

    /** The lowest level on which {@code at} and now differ only within one turn. */
    private int levelOf(long at) {
        long differing = (at ^ nowMillis) >>> BITS;
        int level = 0;
        while (differing != 0) {
            differing >>>= BITS;
            level++;
        }
        return level;
    }

    private long nextSlotMillis() {
        int slot = nextSlot();
        return slot < 0 ? Long.MAX_VALUE : startOf(slot);
    }

    /** The slot in use that comes first in time, or -1. */
    private int nextSlot() {
        for (int level = 0; level < LEVELS; level++) {
            int current = (int) (nowMillis >>> (BITS * level)) & (SLOTS - 1);
            // Slots before the current one on this level cannot be in use: their time has passed.
            long ahead = used[level] & -1L << current;
            if (ahead != 0) {
                return level * SLOTS + Long.numberOfTrailingZeros(ahead);
            }
        }
        return -1;
    }

    private long startOf(int slot) {
        int level = slot / SLOTS;
        long turn = nowMillis >>> (BITS * (level + 1)) << (BITS * (level + 1));
        return Math.max(nowMillis, turn | (long) (slot % SLOTS) << (BITS * level));
    }
}
