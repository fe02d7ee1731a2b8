package io.holdfast.examples.demo;

import io.holdfast.examples.fault.SeededHash;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** When the coordinator is killed: one moment in each of as many equal parts of the run, chosen by the seed. */
final class KillPlan {
    /** Nothing is killed before the load has settled in, nor so late that nobody sees the recovery. */
    private static final double FIRST_SHARE = 0.1;
    private static final double LAST_SHARE = 0.85;
    private static final double MILLE = 1000;

    private KillPlan() {
    }

    /** The moments in milliseconds after the start of the load, in order. */
    static List<Long> momentsMillis(DemoSettings settings) {
        double runMillis = TimeUnit.SECONDS.toMillis(settings.seconds());
        double partMillis = runMillis * (LAST_SHARE - FIRST_SHARE) / Math.max(1, settings.kills());
        List<Long> moments = new ArrayList<>();
        for (int i = 0; i < settings.kills(); i++) {
            double within = SeededHash.permille(settings.seed(), "kill", Integer.toString(i)) / MILLE;
            moments.add(Math.round(runMillis * FIRST_SHARE + partMillis * (i + within)));
        }
        return moments;
    }
}
