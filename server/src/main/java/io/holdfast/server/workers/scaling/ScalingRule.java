package io.holdfast.server.workers.scaling;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.DoublePredicate;

/**
 * Says how many workers there should be. More by half of them, fewer by a quarter, and not soon after there had to be more: a
 * load that comes and goes keeps the workers that its waves need. Pure: time comes with the samples. For one thread.
 */
public final class ScalingRule {

    /** More than there is between two samples, so that one of those kept is older than the longest time that matters. */
    private static final long MARGIN_MILLIS = 5_000;
    /** After so long without a sample nobody knows what was. */
    private static final long PAUSE_MILLIS = MARGIN_MILLIS;

    private final ScalingBounds bounds;
    /** Those of the longest time that matters. */
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private final long keptMillis;
    private long changedAtMillis = Long.MIN_VALUE;
    private long grewAtMillis = Long.MIN_VALUE;
    private long shrankAtMillis = Long.MIN_VALUE;
    private long holdMillis;
    private int wanted;

    /**
     * What was seen at one moment.
     *
     * @param atMillis of a clock that never goes back
     * @param waiting  calls that wait for a free slot
     * @param cpuLoad  of the workers on average, 0 to 1; negative if nobody knows
     */
    public record Sample(long atMillis, int waiting, double cpuLoad) {}

    public ScalingRule(ScalingBounds bounds) {
        this.bounds = bounds;
        this.wanted = bounds.least();
        this.holdMillis = bounds.firstHold().toMillis();
        this.keptMillis = Math.max(Math.max(millis(bounds.busyFor()), millis(bounds.busyCpuFor())),
                Math.max(millis(bounds.idleFor()), millis(bounds.idleCpuFor())));
    }

    private static long millis(Duration duration) {
        return duration.toMillis();
    }

    /** How many there should be now. */
    public int wanted() {
        return wanted;
    }

    /** Takes what was seen. Samples come in order, at least one a second. */
    public void see(Sample sample) {
        if (!samples.isEmpty() && sample.atMillis - samples.getLast().atMillis > PAUSE_MILLIS) {
            samples.clear();
        }
        samples.add(sample);
        while (sample.atMillis - samples.element().atMillis > keptMillis + MARGIN_MILLIS) {
            samples.remove();
        }
        long now = sample.atMillis;
        if (wanted == 0 && bounds.most() > 0 && sample.waiting > 0) {
            // Nobody would ever make them.
            change(now, 1);
            grewAtMillis = now;
        } else if (isBusy(now)) {
            grow(now);
        } else if (isIdle(now)) {
            shrink(now);
        }
    }

    private boolean isBusy(long now) {
        return covers(now, bounds.busyFor()) && mean(now, bounds.busyFor()) > bounds.busyCalls()
                || covers(now, bounds.busyCpuFor())
                        && all(now, bounds.busyCpuFor(), load -> load > bounds.busyCpu());
    }

    private boolean isIdle(long now) {
        return covers(now, bounds.idleFor()) && mean(now, bounds.idleFor()) < bounds.idleCalls()
                && covers(now, bounds.idleCpuFor())
                && all(now, bounds.idleCpuFor(), load -> load < bounds.idleCpu());
    }

    private void grow(long now) {
        if (wanted >= bounds.most()) {
            return;
        }
        if (shrankAtMillis != Long.MIN_VALUE && now - shrankAtMillis <= 2 * holdMillis) {
            // Sending somebody away was a mistake.
            holdMillis = Math.min(millis(bounds.longestHold()), 2 * holdMillis);
        }
        change(now, Math.min(bounds.most(), wanted + Math.max(1, (wanted + 1) / 2)));
        grewAtMillis = now;
    }

    private void shrink(long now) {
        if (wanted > bounds.least() && (grewAtMillis == Long.MIN_VALUE || now - grewAtMillis >= holdMillis)) {
            change(now, Math.max(bounds.least(), wanted - (wanted + 3) / 4));
            shrankAtMillis = now;
        }
    }

    /** What was seen before says nothing of the new number. */
    private void change(long now, int to) {
        wanted = to;
        changedAtMillis = now;
    }

    /** Whether there are samples of the whole of that time, and nothing has changed in it. */
    private boolean covers(long now, Duration time) {
        return !samples.isEmpty() && now - samples.element().atMillis >= millis(time)
                && (changedAtMillis == Long.MIN_VALUE || now - changedAtMillis >= millis(time));
    }

    private double mean(long now, Duration time) {
        double sum = 0;
        int count = 0;
        for (Sample sample : samples) {
            if (now - sample.atMillis < millis(time)) {
                sum += sample.waiting;
                count++;
            }
        }
        return sum / count;
    }

    /** Whether every known load of that time is such; a load that nobody knows stands in nobody's way when workers go. */
    private boolean all(long now, Duration time, DoublePredicate isSuch) {
        for (Sample sample : samples) {
            if (now - sample.atMillis <= millis(time) && !isSuch.test(sample.cpuLoad)) {
                return false;
            }
        }
        return true;
    }
}
