package io.holdfast.simulator;

import java.util.PriorityQueue;

/** Virtual time and what happens when. Events at the same time happen in the order in which they were planned. */
final class Schedule {

    static final long WALL_START_MILLIS = 1_700_000_000_000L;

    private record Event(long atNanos, long order, Runnable what) {}

    private final PriorityQueue<Event> events = new PriorityQueue<>(
            (a, b) -> a.atNanos != b.atNanos ? Long.compare(a.atNanos, b.atNanos) : Long.compare(a.order, b.order));
    private long nowNanos = 1;
    private long planned;

    void after(long millis, Runnable what) {
        events.add(new Event(nowNanos + millis * 1_000_000, planned++, what));
    }

    /** Runs what is due. Returns how much that was. */
    int runDue() {
        int ran = 0;
        while (!events.isEmpty() && events.peek().atNanos <= nowNanos) {
            events.remove().what.run();
            ran++;
        }
        return ran;
    }

    /** How long until the next event; {@link Long#MAX_VALUE} for none. */
    long nextInNanos() {
        return events.isEmpty() ? Long.MAX_VALUE : Math.max(0, events.peek().atNanos - nowNanos);
    }

    void advance(long nanos) {
        nowNanos += nanos;
    }

    long nowMillis() {
        return nowNanos / 1_000_000;
    }

    long nanos() {
        return nowNanos;
    }
}
