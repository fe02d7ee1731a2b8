package io.holdfast.examples.demo;

import io.holdfast.examples.dtm.DtmClient;
import io.holdfast.examples.fault.FaultCounts;
import io.holdfast.examples.fault.FaultKind;
import io.holdfast.examples.fault.FaultPlan;
import io.holdfast.examples.journal.JournalWriter;
import io.holdfast.examples.judge.Findings;
import io.holdfast.examples.judge.Judge;
import io.holdfast.examples.load.LoadGenerator;
import io.holdfast.examples.load.Market;
import io.holdfast.examples.load.PatientCoordinator;
import io.holdfast.examples.load.Settlement;
import io.holdfast.examples.load.Tally;
import io.holdfast.examples.load.WarmUp;
import io.holdfast.examples.process.MissingMeansException;
import io.holdfast.examples.process.WorkDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One run of the demo from nothing to a report, leaving nothing behind. */
final class Demo {
    private static final Duration START_WAIT = Duration.ofSeconds(60);
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(3);
    private static final Duration CONNECT_WAIT = Duration.ofSeconds(1);
    private static final Duration SETTLE_WAIT = Duration.ofSeconds(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final DemoSettings settings;
    private final String coordinatorMainClass;
    private final PrintWriter out;
    private final Recovery recovery = new Recovery();
    private final Tally tally = new Tally();
    private final FaultCounts ownFaults = new FaultCounts();

    /** @param coordinatorMainClass understands {@code server --data DIR --port P} */
    Demo(DemoSettings settings, String coordinatorMainClass, PrintWriter out) {
        this.settings = settings;
        this.coordinatorMainClass = coordinatorMainClass;
        this.out = out;
    }

    /**
     * Runs everything inside the directory.
     *
     * @throws MissingMeansException if the machine lacks something
     * @throws IOException           if a process of the run fails
     */
    Report run(WorkDirectory directory) throws MissingMeansException, IOException, SQLException, InterruptedException {
        say("seed " + settings.seed() + ": " + settings.orders() + " orders in " + settings.seconds() + " s, faults "
                + (settings.faults() ? "on" : "off") + ", kills " + settings.kills());
        Stage stage = Stage.start(settings, directory, coordinatorMainClass);
        try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_WAIT).build()) {
            DtmClient client = new DtmClient(http, stage.coordinator().url(), ANSWER_WAIT);
            awaitReady(client, stage.coordinator());
            say("coordinator " + stage.coordinator().url() + ", order service " + stage.services().order()
                    + ", pay service " + stage.services().pay() + ", databases " + stage.evidence().orderUrl() + " "
                    + stage.evidence().payUrl());
            try (JournalWriter journal = new JournalWriter(stage.evidence().journal())) {
                return play(stage, http, client, journal);
            }
        }
    }

    private void awaitReady(DtmClient client, Coordinator coordinator) throws IOException, InterruptedException {
        long giveUpAtNanos = System.nanoTime() + START_WAIT.toNanos();
        while (!client.ping()) {
            coordinator.requireAlive();
            if (System.nanoTime() - giveUpAtNanos >= 0) {
                throw new IOException("the coordinator does not answer after " + START_WAIT.toSeconds() + " s");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private Report play(Stage stage, HttpClient http, DtmClient client, JournalWriter journal)
            throws IOException, SQLException, InterruptedException {
        FaultPlan plan = settings.faults() ? new FaultPlan(settings.seed(), settings.orders()) : null;
        PatientCoordinator coordinator = new PatientCoordinator(client, plan, ownFaults, recovery);
        Market market = new Market(settings.seed());
        new WarmUp(market, coordinator, http, stage.services()).run();
        LoadGenerator load = new LoadGenerator(market, coordinator, http, stage.services(),
                journal, tally, settings.orders(), settings.rate());
        List<Integer> unfinishedAtKills = runLoad(stage.coordinator(), load);
        say("waiting until nothing is owed any more");
        int unfinished = new Settlement(coordinator, journal).await(load, SETTLE_WAIT);
        stage.coordinator().requireAlive();
        Map<FaultKind, FaultCounts.Count> faults = FaultTotals.collect(http,
                List.of(stage.services().order(), stage.services().pay()), ownFaults);
        Findings findings = Judge.judge(stage.evidence());
        return new Report(new RunResult(settings, findings, tally, faults, unfinishedAtKills,
                recovery.recoveriesMillis(), unfinished));
    }

    private List<Integer> runLoad(Coordinator coordinator, LoadGenerator load)
            throws IOException, InterruptedException {
        try (ExecutorService runner = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> loading = runner.submit(() -> {
                load.run();
                return null;
            });
            Killer killer = new Killer(coordinator, recovery, load, tally, loading::isDone);
            try (Progress progress = Progress.start(out, tally, killer::killCount)) {
                List<Integer> unfinishedAtKills = killer.run(KillPlan.momentsMillis(settings));
                loading.get();
                return unfinishedAtKills;
            } catch (ExecutionException e) {
                throw new IOException("the load failed: " + e.getCause(), e);
            } finally {
                loading.cancel(true);
            }
        }
    }

    private void say(String text) {
        out.println(text);
        out.flush();
    }
}
