package io.holdfast.bench.soak;

import io.holdfast.bench.measure.Median;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What a soak has shown, one sentence for each thing that had to hold. The disk is flat if, for log and store each, the median
 * of the last sixth of the time is at most a tenth above that of the third sixth: in half an hour, the last five minutes and minutes
 * ten to fifteen. Before that the store has not compacted for the first time.
 */
final class SoakVerdict {

    static final double MOST_GROWTH = 1.10;
    static final double MOST_RESTART_MILLIS = 5_000;
    /** An open loop of which less was done did not load the server as it says. */
    static final double LEAST_DONE = 0.99;

    private final List<String> held = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    /** What was seen after the load. */
    record After(long done, long failed, List<String> failures, List<String> missing, List<String> missingAfterRestart,
            double restartMillis) {}

    static SoakVerdict of(SoakPlan plan, List<SoakSample> samples, After after) {
        SoakVerdict verdict = new SoakVerdict();
        verdict.judgeDisk(plan, samples);
        verdict.say(after.failed == 0, after.failed + " of " + plan.transactions() + " transactions failed"
                + (after.failures.isEmpty() ? "" : ": " + String.join("; ", after.failures)));
        verdict.say(after.done >= LEAST_DONE * plan.transactions(),
                after.done + " of " + plan.transactions() + " transactions were done");
        verdict.say(after.missing.isEmpty(), unfinished(plan, after.missing) + " at the end");
        verdict.say(after.missingAfterRestart.isEmpty(),
                unfinished(plan, after.missingAfterRestart) + " after the restart");
        verdict.say(after.restartMillis < MOST_RESTART_MILLIS, String.format(Locale.ROOT,
                "restart after SIGKILL to the first decision: %,.0f ms, allowed: under %,.0f", after.restartMillis,
                MOST_RESTART_MILLIS));
        return verdict;
    }

    private static String unfinished(SoakPlan plan, List<String> missing) {
        return (plan.pledges() - missing.size()) + " of " + plan.pledges() + " unfinished transactions are there"
                + (missing.isEmpty() ? "" : " (" + String.join(", ", missing) + ")");
    }

    private void judgeDisk(SoakPlan plan, List<SoakSample> samples) {
        double sixth = plan.seconds() / 6.0;
        List<SoakSample> early = samples.stream().filter(between(2 * sixth, 3 * sixth)).toList();
        List<SoakSample> late = samples.stream().filter(between(5 * sixth, Double.MAX_VALUE)).toList();
        if (early.isEmpty() || late.isEmpty()) {
            say(false, "too few looks at the disk to judge: " + samples.size());
            return;
        }
        // Each by itself: the log is so much larger that it would hide a store that doubles.
        judgeGrowth("log", early, late, SoakSample::logBytes);
        judgeGrowth("store", early, late, SoakSample::storeBytes);
        say(late.getLast().expired() > 0,
                late.getLast().expired() + " finished transactions were forgotten by retention");
    }

    private void judgeGrowth(String what, List<SoakSample> early, List<SoakSample> late,
            ToDoubleFunction<SoakSample> bytes) {
        double before = Median.of(early, bytes);
        double after = Median.of(late, bytes);
        say(before > 0 && after <= MOST_GROWTH * before, String.format(Locale.ROOT,
                "disk use of the %s: median %,.1f MiB in the third sixth of the time, %,.1f MiB in the last (%+.1f %%, allowed: %+.0f %%)",
                what, before / (1 << 20), after / (1 << 20), 100 * (after / before - 1), 100 * (MOST_GROWTH - 1)));
    }

    private static Predicate<SoakSample> between(double from, double below) {
        return sample -> sample.seconds() >= from && sample.seconds() < below;
    }

    private void say(boolean holds, String sentence) {
        (holds ? held : broken).add(sentence);
    }

    boolean isGood() {
        return broken.isEmpty();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        held.forEach(sentence -> lines.add("ok       " + sentence));
        broken.forEach(sentence -> lines.add("BROKEN   " + sentence));
        return lines;
    }
}
