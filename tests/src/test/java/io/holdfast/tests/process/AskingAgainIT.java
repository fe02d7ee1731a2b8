package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.components.FreePort;
import io.holdfast.tests.process.DtmWire.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the page on errors says about asking again: the same answers about a gid while its transaction is undecided, in the core, in
 * the archive and forgotten, over cuts and kills, while others keep the server busy.
 */
class AskingAgainIT {

    private static final int ROUNDS = 5;
    private static final int OTHERS = 6;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** The core keeps a quarter of it for what has finished. */
    private static final String CONFIG = """
            limits:
              maxLiveBytes: 1048576
            retention:
              confirmedMillis: %1$d
              cancelledMillis: %1$d
            store:
              cutBytes: 65536
            """;
    private static final int FILLING_CHARS = 4_000;
    private static final Pattern KEPT = Pattern.compile("(?m)^holdfast_transactions_finished_kept (\\d+)");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final AtomicInteger others = new AtomicInteger();
    private volatile boolean busy = true;

    @Test
    void theAnswerIsTheSameWhereverTheTransactionIsKept() throws Exception {
        Path config = directory.resolve("config.yaml");
        Files.writeString(config, CONFIG.formatted(3_600_000));
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), FreePort.choose(), "--config",
                config.toString());
                DtmWire wire = new DtmWire(server.url())) {
            server.awaitListening();
            makeThem(wire);
            List<Thread> load = keepBusy(wire);
            assertUnknown(wire, "nobody");
            assertKnown(wire);
            server.sigkill();
            server.startAgain();
            server.awaitListening();
            assertKnown(wire);
            awaitArchived(wire);
            assertKnown(wire);
            server.sigkill();
            server.startAgain();
            server.awaitListening();
            assertKnown(wire);

            // From the next start on hardly anything is kept.
            awaitArchived(wire);
            Files.writeString(config, CONFIG.formatted(1));
            server.sigkill();
            server.startAgain();
            server.awaitListening();
            for (String gid : List.of("confirmed", "cancelled", "saga")) {
                Eventually.holds(gid + " is forgotten", LIMIT, () -> wire.status(gid).equals("unknown"));
            }
            assertUndecided(wire);
            assertUnknown(wire, "confirmed");
            assertUnknown(wire, "cancelled");
            assertThat(wire.post("submit", saga("saga", "")).isSuccess()).as("begins anew").isTrue();
            busy = false;
            for (Thread thread : load) {
                thread.join();
            }
            assertThat(problems).isEmpty();
        }
    }

    private static void makeThem(DtmWire wire) throws Exception {
        for (String gid : List.of("undecided", "confirmed", "cancelled")) {
            assertThat(wire.post("prepare", undecided(gid)).isSuccess()).isTrue();
            assertThat(wire.post("registerBranch", branch(gid, "01")).isSuccess()).isTrue();
        }
        assertThat(wire.post("submit", DtmWire.transaction("confirmed", "tcc")).isSuccess()).isTrue();
        assertThat(wire.post("abort", DtmWire.transaction("cancelled", "tcc")).isSuccess()).isTrue();
        assertThat(wire.post("submit", saga("saga", "")).isSuccess()).isTrue();
    }

    private static ObjectNode undecided(String gid) {
        return DtmWire.transaction(gid, "tcc").put("timeout_to_fail", 86_400);
    }

    /** Sagas that end at once, and drive others out of the core. */
    private List<Thread> keepBusy(DtmWire wire) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < OTHERS; i++) {
            String name = "other-" + i + "-";
            threads.add(Thread.ofVirtual().start(() -> {
                for (int n = 0; busy; n++) {
                    try {
                        Answer answer = wire.post("submit",
                                saga(name + n, "{\"filling\":\"" + "y".repeat(FILLING_CHARS) + "\"}"));
                        if (answer.isSuccess()) {
                            others.incrementAndGet();
                        } else if (answer.status() < 425) {
                            problems.add(answer.toString());
                        }
                    } catch (IOException | InterruptedException e) {
                        // Between two lives of the server.
                        Eventually.pass(50);
                    }
                }
            }));
        }
        return threads;
    }

    /** So many have finished since that the core cannot have kept those of before. */
    private void awaitArchived(DtmWire wire) throws Exception {
        int before = others.get();
        Eventually.holds("others have driven them out of the core", LIMIT, () -> {
            Eventually.pass(200);
            Matcher kept = KEPT.matcher(wire.metrics());
            return kept.find() && others.get() - before > 2 * Integer.parseInt(kept.group(1)) + 10;
        });
    }

    private static void assertKnown(DtmWire wire) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            assertUndecided(wire);
            assertFinished(wire, "confirmed", "succeed");
            assertFinished(wire, "cancelled", "failed");
            assertAnswer(wire.post("submit", saga("saga", "")), 409, "current status 'succeed', cannot sumbmit");
            assertAnswer(wire.post("prepare", undecided("saga")), 409, "current status 'succeed', cannot prepare");
        }
    }

    private static void assertUndecided(DtmWire wire) throws Exception {
        assertThat(wire.post("prepare", undecided("undecided")).isSuccess()).isTrue();
        assertThat(wire.post("registerBranch", branch("undecided", "01")).isSuccess()).isTrue();
        assertThat(wire.status("undecided")).isEqualTo("prepared");
        assertAnswer(wire.post("submit", saga("undecided", "")), 409, "current status 'prepared', cannot sumbmit");
    }

    private static void assertFinished(DtmWire wire, String gid, String status) throws Exception {
        assertAnswer(wire.post("prepare", undecided(gid)), 409, "current status '" + status + "', cannot prepare");
        assertAnswer(wire.post("registerBranch", branch(gid, "02")), 409,
                "no trans with gid: " + gid + " status: prepared found");
        assertAnswer(wire.post("submit", DtmWire.transaction(gid, "tcc")), 409,
                "current status '" + status + "', cannot sumbmit");
        assertAnswer(wire.post("abort", DtmWire.transaction(gid, "tcc")), 409,
                "current status '" + status + "', cannot abort");
        assertThat(wire.status(gid)).isEqualTo(status);
    }

    /** Never begun, or forgotten. At last it begins, anew if it was there before. */
    private static void assertUnknown(DtmWire wire, String gid) throws Exception {
        assertAnswer(wire.post("registerBranch", branch(gid, "01")), 409,
                "no trans with gid: " + gid + " status: prepared found");
        assertAnswer(wire.post("submit", DtmWire.transaction(gid, "tcc")), 409, "no trans with gid: " + gid + " found");
        assertAnswer(wire.post("abort", DtmWire.transaction(gid, "tcc")), 500,
                "no TransGlobal with gid: " + gid + " found");
        assertThat(wire.status(gid)).isEqualTo("unknown");
        assertThat(wire.post("prepare", undecided(gid)).isSuccess()).as("begins").isTrue();
        assertThat(wire.status(gid)).isEqualTo("prepared");
    }

    private static void assertAnswer(Answer answer, int status, String says) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().path("message").asText()).contains(says);
    }

    private static ObjectNode saga(String gid, String data) {
        ObjectNode saga = DtmWire.transaction(gid, "saga");
        saga.withArray("steps").addObject().put("action", "").put("compensate", "");
        return saga.put("custom_data", data);
    }

    /** Nobody is called: it is done at once. */
    private static ObjectNode branch(String gid, String branchId) {
        return DtmWire.branch(gid, branchId, "http://127.0.0.1").put("confirm", "").put("cancel", "");
    }
}
