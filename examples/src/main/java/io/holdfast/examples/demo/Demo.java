package io.holdfast.examples.demo;

import io.holdfast.examples.journal.JournalWriter;
import io.holdfast.examples.judge.Findings;
import io.holdfast.examples.judge.Judge;
import io.holdfast.examples.load.GatewayClient;
import io.holdfast.examples.load.LoadGenerator;
import io.holdfast.examples.load.Tally;
import io.holdfast.examples.load.WarmUp;
import io.holdfast.examples.market.Market;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.process.MissingMeansException;
import io.holdfast.examples.process.WorkDirectory;
import io.holdfast.examples.rest.RestClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** One run of the demo from nothing to a report, leaving nothing behind. */
final class Demo {
    private static final Duration START_WAIT = Duration.ofSeconds(60);
    /** Who only counts is in no hurry, and a coordinator under load is late with its answers. */
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(15);
    private static final Duration CONNECT_WAIT = Duration.ofSeconds(1);
    private static final Duration SETTLE_WAIT = Duration.ofSeconds(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final DemoSettings settings;
    private final String coordinatorMainClass;
    private final PrintWriter out;
    private final Recovery recovery = new Recovery();
    private final Tally tally = new Tally();

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
            RestClient coordinator = new RestClient(http, stage.coordinator().addresses(), ANSWER_WAIT);
            awaitReady(coordinator, stage.coordinator());
            say("coordinator " + stage.coordinator().urls().stream().map(URI::toString).collect(Collectors.joining(" "))
                    + ", gateway " + stage.gateway().url());
            for (MallService service : MallService.values()) {
                say(service.wireName() + " service " + stage.services().get(service) + ", database "
                        + stage.evidence().url(service));
            }
            if (stage.evidence().redisPort() != null) {
                say("hot goods in Redis, port " + stage.evidence().redisPort());
            }
            try (JournalWriter journal = new JournalWriter(stage.evidence().journal())) {
                return play(stage, http, coordinator, journal);
            }
        }
    }

    private void awaitReady(RestClient client, Coordinator coordinator) throws IOException, InterruptedException {
        long giveUpAtNanos = System.nanoTime() + START_WAIT.toNanos();
        while (!client.isReady()) {
            coordinator.requireAlive();
            if (System.nanoTime() - giveUpAtNanos >= 0) {
                throw new IOException("the coordinator does not answer after " + START_WAIT.toSeconds() + " s");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private Report play(Stage stage, HttpClient http, RestClient coordinator, JournalWriter journal)
            throws IOException, SQLException, InterruptedException {
        FaultTotals faults = new FaultTotals(http);
        Market market = new Market(settings.seed(), settings.orders());
        Killer killer;
        try (GatewayClient gateway = new GatewayClient(stage.gateway().url())) {
            new WarmUp(market, gateway).run();
            LoadGenerator load = new LoadGenerator(market, gateway, journal, tally, recovery, settings.orders(),
                    settings.rate());
            killer = runLoad(stage, coordinator, load, () -> faults.add(stage.gateway().url()));
        }
        say("waiting until nothing is owed any more");
        int unfinished = Settlement.await(coordinator, SETTLE_WAIT);
        stage.coordinator().requireAlive();
        stage.gateway().requireAlive();
        faults.add(stage.gateway().url());
        for (URI service : stage.services().values()) {
            faults.awaitDelivered(service, SETTLE_WAIT);
            faults.add(service);
        }
        Findings findings = Judge.judge(stage.evidence());
        return new Report(new RunResult(settings, findings, tally, faults.totals(), killer.unfinishedAtKills(),
                killer.gatewayKillCount(), killer.workerKillCount(), recovery.recoveriesMillis(), unfinished));
    }

    private Killer runLoad(Stage stage, RestClient coordinator, LoadGenerator load, Killer.LastWords lastWords)
            throws IOException, InterruptedException {
        try (ExecutorService runner = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> loading = runner.submit(() -> {
                load.run();
                return null;
            });
            Killer killer = new Killer(stage, coordinator, recovery, load, tally, lastWords, loading::isDone);
            try (Progress progress = Progress.start(out, tally, killer::killCount)) {
                killer.run(KillPlan.kills(settings));
                loading.get();
                return killer;
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
