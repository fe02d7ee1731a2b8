package io.holdfast.examples.demo;

import io.holdfast.examples.fault.SeededHash;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * When which process is killed: one moment in each of as many equal parts of the run, chosen by the seed. Where the coordinator is
 * killed at all, one more part is the gateway's, and workers, if there are any, die as often as the coordinator.
 */
final class KillPlan {
    /** Who is killed. */
    enum Victim {
        COORDINATOR, GATEWAY, WORKER
    }

    /**
     * One kill.
     *
     * @param atMillis after the start of the load
     * @param victim   which process; of several like it the one whose turn it is
     */
    record Kill(long atMillis, Victim victim) {}

    /** Nothing is killed before the load has settled in, nor so late that nobody sees the recovery. */
    private static final double FIRST_SHARE = 0.1;
    private static final double LAST_SHARE = 0.85;
    private static final double MILLE = 1000;

    private KillPlan() {
    }

    /** The kills in order. */
    static List<Kill> kills(DemoSettings settings) {
        List<Victim> victims = victims(settings);
        double runMillis = TimeUnit.SECONDS.toMillis(settings.seconds());
        double partMillis = runMillis * (LAST_SHARE - FIRST_SHARE) / Math.max(1, victims.size());
        List<Kill> kills = new ArrayList<>();
        for (int i = 0; i < victims.size(); i++) {
            double within = SeededHash.permille(settings.seed(), "kill", Integer.toString(i)) / MILLE;
            kills.add(new Kill(Math.round(runMillis * FIRST_SHARE + partMillis * (i + within)), victims.get(i)));
        }
        return kills;
    }

    /** Coordinator and worker by turns, and the gateway once, at a place that the seed chooses. */
    private static List<Victim> victims(DemoSettings settings) {
        List<Victim> victims = new ArrayList<>();
        for (int i = 0; i < settings.kills(); i++) {
            victims.add(Victim.COORDINATOR);
            if (settings.workers() > 0) {
                victims.add(Victim.WORKER);
            }
        }
        if (!victims.isEmpty()) {
            victims.add((int) Long.remainderUnsigned(SeededHash.of(settings.seed(), "gateway kill"),
                    victims.size() + 1), Victim.GATEWAY);
        }
        return victims;
    }
}
