package io.holdfast.bench.soak;

import io.holdfast.bench.process.Progress;
import io.holdfast.bench.process.ServerJvm;
import io.holdfast.bench.process.Workplace;
import io.holdfast.bench.wire.DtmWire;
import io.holdfast.bench.wire.FirstDecision;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One soak: a server in a JVM of its own, load, looks at it, a kill, and a verdict. */
final class Soak {

    private final SoakPlan plan;
    private final Workplace workplace;
    private final String serverMain;
    private final Progress progress;

    Soak(SoakPlan plan, Workplace workplace, String serverMain, Progress progress) {
        this.plan = plan;
        this.workplace = workplace;
        this.serverMain = serverMain;
        this.progress = progress;
    }

    /** @param csv gets a line for each look, at once */
    SoakVerdict run(Path csv) throws Exception {
        Path data = workplace.newDirectory("soak");
        List<String> config = List.of("retention:", "  confirmedMillis: " + plan.retentionMillis(),
                "  cancelledMillis: " + plan.retentionMillis(), "  settledMillis: " + plan.retentionMillis());
        ServerJvm.Start start = new ServerJvm.Start(serverMain, data, config);
        Pledges pledges = new Pledges();
        List<SoakSample> samples;
        SoakLoad load;
        List<String> missing;
        try (ServerJvm server = ServerJvm.start(workplace, start).awaitListening();
                DtmWire wire = new DtmWire(server.address())) {
            load = new SoakLoad(server.address(), plan);
            load.start();
            pledges.begin(wire, plan.pledges());
            samples = sample(new SoakSampler(server, data, load), wire, csv);
            load.awaitEnd();
            server.requireAlive();
            missing = pledges.missing(wire);
            progress.say(String.format(Locale.ROOT, "%,d transactions done, server used %.0f us of CPU for each",
                    load.done(), server.cpuNanos() / 1e3 / Math.max(1, load.done())));
        }
        progress.say("killed; starting again");
        try (ServerJvm again = ServerJvm.start(workplace, start)) {
            FirstDecision first = FirstDecision.await(again);
            progress.say("restart: " + first);
            try (DtmWire wire = new DtmWire(again.address())) {
                return SoakVerdict.of(plan, samples, new SoakVerdict.After(load.done(), load.failed(), load.failures(),
                        missing, pledges.missing(wire), first.totalMillis()));
            }
        }
    }

    private List<SoakSample> sample(SoakSampler sampler, DtmWire wire, Path csv) throws IOException {
        List<SoakSample> samples = new ArrayList<>();
        long beginNanos = System.nanoTime();
        try (BufferedWriter file = Files.newBufferedWriter(csv)) {
            file.write(SoakSample.CSV_HEADER + "\n");
            for (int look = 1; look <= plan.seconds() * 1_000L / plan.sampleMillis(); look++) {
                parkUntil(beginNanos + TimeUnit.MILLISECONDS.toNanos((long) look * plan.sampleMillis()));
                SoakSample sample = sampler.take(wire);
                samples.add(sample);
                file.write(sample.csv() + "\n");
                file.flush();
                progress.say(String.format(Locale.ROOT,
                        "%,.0f s: %,d done, %d failed, p99 %,.1f ms, log %,d MiB, store %,d MiB, heap %,d MiB, RSS %,d MiB",
                        sample.seconds(), sample.done(), sample.failed(), sample.p99Micros() / 1_000,
                        sample.logBytes() >> 20, sample.storeBytes() >> 20, sample.heapBytes() >> 20,
                        sample.residentBytes() >> 20));
            }
        }
        return samples;
    }

    private static void parkUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
