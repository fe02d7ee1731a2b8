package io.holdfast.examples.demo;

import io.holdfast.examples.fault.SeededHash;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * When which process is killed: one moment in each of as many equal parts of the run, chosen by the seed. Where the
 * coordinator is killed at all, one more part is the gateway's.
 */
final class KillPlan {
    /**
     * One kill.
     *
     * @param atMillis  after the start of the load
     * @param isGateway whether the gateway is killed, otherwise the coordinator
     */
    record Kill(long atMillis, boolean isGateway) {}

    /** Nothing is killed before the load has settled in, nor so late that nobody sees the recovery. */
    private static final double FIRST_SHARE = 0.1;
    private static final double LAST_SHARE = 0.85;
    private static final double MILLE = 1000;

    private KillPlan() {
    }

    /** The kills in order. */
    static List<Kill> kills(DemoSettings settings) {
        int parts = settings.kills() == 0 ? 0 : settings.kills() + 1;
        double runMillis = TimeUnit.SECONDS.toMillis(settings.seconds());
        double partMillis = runMillis * (LAST_SHARE - FIRST_SHARE) / Math.max(1, parts);
        int gatewayPart = (int) Long.remainderUnsigned(SeededHash.of(settings.seed(), "gateway kill"),
                Math.max(1, parts));
        List<Kill> kills = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            double within = SeededHash.permille(settings.seed(), "kill", Integer.toString(i)) / MILLE;
            kills.add(new Kill(Math.round(runMillis * FIRST_SHARE + partMillis * (i + within)), i == gatewayPart));
        }
        return kills;
    }
}
