package io.holdfast.engine.dispatch;

import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One host and port: its queues, its limit of concurrent calls and its breaker.
 * <p>
 * The breaker listens only to failures to connect: an answer, whatever it says, shows that the participant lives, and one
 * transaction that always fails must not close the door to the others. Time-outs halve the limit instead, down to a floor that
 * keeps room for those who answer. An open breaker costs one probe at a time; when one connects, everything that waits for this
 * target becomes due and the limit grows from a small start by one with every answer.
 */
final class Target {

    final String authority;
    private final DispatchOptions options;
    /** First attempts go before repeated ones, three to one, so that a backlog does not hold up new transactions. */
    private final ArrayDeque<Task> fresh = new ArrayDeque<>();
    private final ArrayDeque<Task> repeated = new ArrayDeque<>();
    /** Tasks that wait for their time, to be woken when the target comes back. */
    final Set<Task> waiting = new LinkedHashSet<>();
    private int turn;
    private int tasks;
    private int inFlight;
    private int limit;
    private int connectFailures;
    private boolean open;
    private boolean probing;
    private long probeAtNanos;
    private long probeWaitMillis;
    /** Whether the dispatcher has it in its round. */
    boolean inRound;

    Target(String authority, DispatchOptions options) {
        this.authority = authority;
        this.options = options;
        this.limit = options.rampStart();
        this.probeWaitMillis = options.probeMinMillis();
    }

    void enqueue(Task task) {
        task.phase = Task.Phase.QUEUED;
        (task.fresh ? fresh : repeated).add(task);
    }

    boolean mayStart(long nowNanos) {
        dropWithdrawn(fresh);
        dropWithdrawn(repeated);
        if (fresh.isEmpty() && repeated.isEmpty()) {
            return false;
        }
        return open ? !probing && nowNanos - probeAtNanos >= 0 : inFlight < limit;
    }

    /** How many wait that nothing but the bounds of all targets together holds back; none while its own bound does. */
    int couldStart() {
        dropWithdrawn(fresh);
        dropWithdrawn(repeated);
        return open || inFlight >= limit ? 0 : fresh.size() + repeated.size();
    }

    /** The next task to start. Call only after {@link #mayStart}. */
    @Nullable
    Task next() {
        boolean takeFresh = repeated.isEmpty() || !fresh.isEmpty() && turn++ % 4 != 3;
        return takeFresh ? fresh.poll() : repeated.poll();
    }

    /** A task is owed to this target until {@link #released}; so long the target is not forgotten. */
    void owed() {
        tasks++;
    }

    void released() {
        tasks--;
    }

    /** Returns whether the call is the probe of an open breaker. */
    boolean started() {
        inFlight++;
        probing |= open;
        return open;
    }

    /** A call ended, somehow. */
    void ended(boolean probe) {
        inFlight--;
        probing &= !probe;
    }

    /** An answer came, whatever it says. Returns whether the target has just come back. */
    boolean answered() {
        connectFailures = 0;
        if (open) {
            open = false;
            probeWaitMillis = options.probeMinMillis();
            limit = options.rampAfterOutage();
            return true;
        }
        limit = Math.min(options.maxInFlightPerTarget(), limit + 1);
        return false;
    }

    /** No connection. While the breaker is open only its probe counts: what was under way when it opened says nothing new. */
    void notConnected(boolean probe, long nowNanos, RandomGenerator random) {
        connectFailures++;
        if (open ? !probe : connectFailures < options.breakerFailures()) {
            return;
        }
        if (open) {
            probeWaitMillis = Math.min(options.probeMaxMillis(), probeWaitMillis * 2);
        }
        open = true;
        probeAtNanos = nowNanos + Backoff.spread(probeWaitMillis * 1_000_000L, random);
    }

    /** Connected, but no answer in time, or the connection broke. */
    void timedOut(boolean probe, long nowNanos) {
        connectFailures = 0;
        if (!open) {
            limit = Math.max(Math.min(limit, options.floorPerTarget()), limit / 2);
        } else if (probe) {
            // It accepts connections again but does not answer: probe on, one at a time.
            probeAtNanos = nowNanos + probeWaitMillis * 1_000_000L;
        }
    }

    /** Lets the next probe through at once. */
    void probeNow(long nowNanos) {
        probeAtNanos = nowNanos;
    }

    boolean isOpen() {
        return open;
    }

    /** When the breaker lets a call through, if that is what queued tasks wait for; {@link Long#MAX_VALUE} otherwise. */
    long probeInNanos(long nowNanos) {
        dropWithdrawn(fresh);
        dropWithdrawn(repeated);
        boolean hasWork = !fresh.isEmpty() || !repeated.isEmpty();
        return open && hasWork && !probing ? Math.max(0, probeAtNanos - nowNanos) : Long.MAX_VALUE;
    }

    /** Whether nothing is owed to it and nothing under way, so that it may be forgotten; its queues hold at most withdrawn tasks. */
    boolean isUnused() {
        return tasks == 0 && inFlight == 0;
    }

    /** Whether an open breaker has been of no use for so long that it need not be remembered. */
    boolean isStale(long nowNanos) {
        return isUnused() && nowNanos - probeAtNanos > options.probeMaxMillis() * 1_000_000L;
    }

    int inFlight() {
        return inFlight;
    }

    private static void dropWithdrawn(ArrayDeque<Task> queue) {
        while (!queue.isEmpty() && queue.peek().phase == Task.Phase.WITHDRAWN) {
            queue.remove();
        }
    }
}
