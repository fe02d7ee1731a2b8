package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.components.FreePort;
import io.holdfast.examples.process.EmbeddedDatabase;
import io.holdfast.examples.process.WorkDirectory;
import io.holdfast.tests.process.DtmWire.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers that really die, stand still, come and go.
 * <p>
 * {@code -Dholdfast.longWorkers=true} adds what takes minutes: two workers, eight, and two again.
 */
class WorkersIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TRANSACTIONS = 50;
    private static final long SLOW_MILLIS = 100;
    private static final int SLOTS = 8;
    private static final String TWO_BRANCHES = """
            {"gid":"%1$s","branches":[{"branchId":"a","confirm":"%2$s/a","cancel":"%2$s/a"},
            {"branchId":"b","confirm":"%2$s/b","cancel":"%2$s/b"}]}""";

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private ServerProcess server(String workers) throws Exception {
        Path config = Files.writeString(directory.resolve("config.yaml"), "workers:\n" + workers);
        return ServerProcess.start(directory.resolve("data"), FreePort.choose(), "--config", config.toString());
    }

    /** Its address, as a worker wants it. */
    private static String address(ServerProcess server) {
        return server.url().replace("http://", "");
    }

    @Test
    void decisionsAreTakenWithoutWorkersAndCarriedOutWhenTheyCome() throws Exception {
        AtomicInteger arrived = new AtomicInteger();
        try (ServerProcess server = server("  required: true\n");
                Participant participant = new Participant(0, call -> {
                    arrived.incrementAndGet();
                    return 200;
                });
                ApiWire wire = new ApiWire(server.url())) {
            server.awaitListening();
            for (int i = 0; i < 20; i++) {
                begin(wire, "g" + i, participant.url());
                decide(wire, "g" + i);
            }
            Eventually.holds("what waits is shown", LIMIT, () -> metric(server, "holdfast_calls_waiting") == 40);
            assertThat(arrived).as("nobody may make a call").hasValue(0);
            assertThat(wire.state("g0")).isEqualTo("CONFIRMING");
            try (WorkerProcess worker = WorkerProcess.start(directory, "one", address(server), SLOTS)) {
                Eventually.holds("all are confirmed", LIMIT, () -> allConfirmed(server, wire, 20));
                assertThat(arrived).hasValue(40);
                assertThat(worker.stop()).isZero();
            }
            Eventually.holds("it has left", LIMIT, () -> metric(server, "holdfast_workers") == 0);
        }
    }

    /** Two of four are killed and a third stands still for longer than its lease while they have calls under way. */
    @Test
    void whatDeadAndPausedWorkersHadIsDoneByOthersAndHasNoEffectTwice() throws Exception {
        try (WorkDirectory files = WorkDirectory.create();
                EmbeddedDatabase database = EmbeddedDatabase.start(files);
                SqlBranches branches = new SqlBranches(database.url("postgres"), SLOW_MILLIS);
                Participant participant = new Participant(0, branches);
                ServerProcess server = server("  required: true\n");
                ApiWire wire = new ApiWire(server.url())) {
            server.awaitListening();
            List<WorkerProcess> workers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                workers.add(WorkerProcess.start(directory, "w" + i, address(server), SLOTS));
            }
            Eventually.holds("four workers have come", LIMIT, () -> metric(server, "holdfast_workers") == 4);
            for (int i = 0; i < TRANSACTIONS; i++) {
                begin(wire, "g" + i, participant.url());
                branches.attempt("g" + i, "a");
                branches.attempt("g" + i, "b");
            }
            for (int i = 0; i < TRANSACTIONS; i++) {
                decide(wire, "g" + i);
            }
            Eventually.holds("phase 2 is under way", LIMIT, () -> branches.arrived() > 2 * SLOTS);
            workers.get(0).sigkill();
            workers.get(1).sigkill();
            workers.get(2).pause();
            Eventually.holds("the paused one is missed", LIMIT, () -> metric(server, "holdfast_workers_slots") == SLOTS
                    || metric(server, "holdfast_workers_calls_lost") > 0);
            Eventually.holds("all are confirmed", LIMIT, () -> allConfirmed(server, wire, TRANSACTIONS));
            workers.get(2).goOn();
            Eventually.holds("the paused one is back", LIMIT, () -> metric(server, "holdfast_workers") == 2);
            double lost = metric(server, "holdfast_workers_calls_lost");
            System.out
                    .println("WORKERS: calls=" + branches.arrived() + " of " + 2 * TRANSACTIONS + " owed, lost=" + lost
                            + " handedBack=" + metric(server, "holdfast_workers_calls_handed_back"));
            assertThat(lost).as("the dead had calls").isPositive();
            assertThat(branches.count("select count(*) from effects where op = 'confirm'")).isEqualTo(2 * TRANSACTIONS);
            assertThat(branches.count("select count(*) from (select 1 from effects group by gid, branch_id, op"
                    + " having count(*) > 1) as doubled")).isZero();
            assertThat(workers.get(2).stop()).isZero();
            assertThat(workers.get(3).stop()).isZero();
        }
    }

    /** SIGTERM in the middle of calls: they end, and nothing is lost or called twice. */
    @Test
    void aWorkerThatIsToldToStopFinishesWhatItHas() throws Exception {
        AtomicInteger arrived = new AtomicInteger();
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (ServerProcess server = server("  required: true\n");
                Participant participant = new Participant(0, call -> {
                    arrived.incrementAndGet();
                    mayEnd.await();
                    Eventually.pass(2 * SLOW_MILLIS);
                    return 200;
                });
                ApiWire wire = new ApiWire(server.url())) {
            server.awaitListening();
            for (int i = 0; i < 40; i++) {
                begin(wire, "g" + i, participant.url());
                decide(wire, "g" + i);
            }
            try (WorkerProcess leaving = WorkerProcess.start(directory, "leaving", address(server), SLOTS)) {
                Eventually.holds("all its slots are taken", LIMIT, () -> arrived.get() == SLOTS);
                leaving.sigterm();
                mayEnd.countDown();
                assertThat(leaving.awaitEnd()).isZero();
            }
            assertThat(arrived.get()).as("there is something left for the next one").isBetween(SLOTS, 79);
            try (WorkerProcess next = WorkerProcess.start(directory, "next", address(server), SLOTS)) {
                Eventually.holds("all are confirmed", LIMIT, () -> allConfirmed(server, wire, 40));
                assertThat(arrived).as("each was called once").hasValue(80);
                assertThat(metric(server, "holdfast_workers_calls_lost")).isZero();
                assertThat(next.stop()).isZero();
            }
        }
    }

    @Test
    void theServerStartsWorkersAsTheWorkGrowsAndStopsThemAsItShrinks() throws Exception {
        assumeTrue(Boolean.getBoolean("holdfast.longWorkers"), "holdfast.longWorkers");
        AtomicBoolean much = new AtomicBoolean(true);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger number = new AtomicInteger();
        Queue<String> problems = new ConcurrentLinkedQueue<>();
        try (Participant participant = new Participant(0, call -> {
            // Only slow calls keep so many slots busy.
            Eventually.pass(much.get() ? 2_500 : 5);
            return 200;
        });
                ServerProcess server = server("  required: true\n  local:\n    least: 2\n    most: 8\n    slots: 16\n");
                ApiWire wire = new ApiWire(server.url())) {
            server.awaitListening();
            Eventually.holds("two workers have come", LIMIT, () -> metric(server, "holdfast_workers") == 2);
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(Thread.ofVirtual().start(() -> {
                    while (!over.get()) {
                        String gid = "g" + number.incrementAndGet();
                        try {
                            begin(wire, gid, participant.url());
                            decide(wire, gid);
                        } catch (IOException | AssertionError e) {
                            problems.add(gid + ": " + e);
                        } catch (InterruptedException e) {
                            return;
                        }
                        Eventually.pass(much.get() ? 50 : 500);
                    }
                }));
            }
            long eight = Eventually.holds("eight workers have come", Duration.ofSeconds(120),
                    () -> metric(server, "holdfast_workers") == 8);
            much.set(false);
            long two = Eventually.holds("six have left", Duration.ofMinutes(9),
                    () -> metric(server, "holdfast_workers") == 2);
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }
            int begun = number.get();
            System.out.println("WORKERS: 2 to 8 in ms=" + eight + ", 8 to 2 in ms=" + two + ", transactions=" + begun
                    + " lost=" + metric(server, "holdfast_workers_calls_lost") + " problems=" + problems.size());
            assertThat(problems).isEmpty();
            Eventually.holds("nothing is unfinished", LIMIT,
                    () -> metric(server, "holdfast_transactions_unfinished") == 0);
            assertThat(metric(server, "holdfast_workers_calls_lost")).isZero();
            server.sigterm();
            assertThat(server.awaitEnd()).isZero();
        }
    }

    private static void begin(ApiWire wire, String gid, String participant) throws IOException, InterruptedException {
        Answer answer = wire.post("transactions", TWO_BRANCHES.formatted(gid, participant));
        assertThat(answer.status()).as("%s", answer).isBetween(200, 201);
    }

    private static void decide(ApiWire wire, String gid) throws IOException, InterruptedException {
        Answer answer = wire.post("transactions/" + gid + "/decision", "{\"decision\":\"confirm\"}");
        assertThat(answer.status()).as("%s", answer).isBetween(200, 202);
    }

    private static boolean allConfirmed(ServerProcess server, ApiWire wire, int transactions)
            throws IOException, InterruptedException {
        if (metric(server, "holdfast_transactions_unfinished") > 0) {
            return false;
        }
        for (int i = transactions - 1; i >= 0; i--) {
            if (!wire.state("g" + i).equals("CONFIRMED")) {
                return false;
            }
        }
        return true;
    }

    /** What the server shows now: a scrape shows what the one before has asked for. */
    private static double metric(ServerProcess server, String name) throws IOException, InterruptedException {
        // Figures are asked for once a second at most.
        Eventually.pass(50);
        String text = HTTP.send(HttpRequest.newBuilder(URI.create(server.url() + "/metrics")).build(),
                BodyHandlers.ofString()).body();
        Matcher line = Pattern.compile("^" + name + " (\\S+)$", Pattern.MULTILINE).matcher(text);
        assertThat(line.find()).as(name + " in " + text).isTrue();
        return Double.parseDouble(line.group(1));
    }
}
