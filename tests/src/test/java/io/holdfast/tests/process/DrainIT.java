package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.components.FreePort;
import io.holdfast.tests.process.DtmWire.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM: what was accepted is answered, everything else is refused and leaves nothing behind, and the end comes soon. */
class DrainIT {

    private static final int CLIENTS = 8;
    private static final int UNDER_LOAD = 20 * CLIENTS;
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(30);
    /** From the last answer to the end of the process. A stop that waits for silence takes its 10 seconds. */
    private static final Duration END_LIMIT = Duration.ofSeconds(3);
    private static final String WAITING = "waiting";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final Set<String> unexplained = ConcurrentHashMap.newKeySet();
    private final CountDownLatch called = new CountDownLatch(1);
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private volatile boolean goOn = true;

    @Test
    void sigtermUnderSteadyLoadAnswersWhatWasAcceptedAndEndsAtOnce() throws Exception {
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, FreePort.choose());
                Participant slow = new Participant(0, this::answerWhenTold);
                DtmWire wire = new DtmWire(server.url())) {
            server.awaitListening();
            List<Thread> clients = startClients(server.url());
            CompletableFuture<Answer> waiting = CompletableFuture.supplyAsync(() -> waitForTheEnd(wire, slow));
            assertThat(called.await(SETTLE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
            Eventually.holds("clients are at work", SETTLE_LIMIT, () -> acknowledged.size() > UNDER_LOAD);

            server.sigterm();
            Eventually.holds("new requests are refused", SETTLE_LIMIT, () -> refused.size() > CLIENTS);
            assertThat(server.isAlive()).as("it waits for the request that was under way").isTrue();
            assertThat(waiting).isNotDone();
            long released = System.nanoTime();
            mayAnswer.countDown();

            assertThat(server.awaitEnd()).as("said: %s", server.said()).isZero();
            Duration took = Duration.ofNanos(System.nanoTime() - released);
            System.out.println("SIGTERM: ended " + took.toMillis() + " ms after the last answer was free; "
                    + acknowledged.size() + " acknowledged, " + refused.size() + " refused");
            assertThat(waiting.get().isSuccess()).as("%s", waiting.get()).isTrue();
            assertThat(took).isLessThan(END_LIMIT);
            goOn = false;
            for (Thread client : clients) {
                client.join();
            }
            assertThat(unexplained).isEmpty();
            assertThat(CleanStop.isMarked(data)).isTrue();

            acknowledged.add(WAITING);
            server.startAgain();
            server.awaitListening();
            List<String> known = new ArrayList<>();
            wire.all("").forEach(transaction -> known.add(transaction.path("gid").asText()));
            assertThat(known).as("what was accepted is what was answered")
                    .containsExactlyInAnyOrderElementsOf(acknowledged);
        }
    }

    private int answerWhenTold(Participant.Call call) throws InterruptedException {
        called.countDown();
        mayAnswer.await();
        return 200;
    }

    private static Answer waitForTheEnd(DtmWire wire, Participant slow) {
        ObjectNode saga = DtmWire.transaction(WAITING, "saga").put("wait_result", true).put("request_timeout", 30);
        saga.withArray("steps").addObject().put("action", slow.url() + "/action").put("compensate", "");
        saga.withArray("payloads").add("{}");
        try {
            return wire.post("submit", saga);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("no answer to a request that was accepted", e);
        }
    }

    private List<Thread> startClients(String url) {
        AtomicInteger count = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                try (DtmWire wire = new DtmWire(url)) {
                    while (goOn) {
                        begin(wire, "gid-" + count.incrementAndGet());
                    }
                }
            }));
        }
        return clients;
    }

    private void begin(DtmWire wire, String gid) {
        try {
            Answer answer = wire.post("prepare", DtmWire.transaction(gid, "tcc").put("timeout_to_fail", 3_600));
            if (answer.isSuccess()) {
                acknowledged.add(gid);
            } else if (answer.status() == 503 && answer.body().contains("\"draining\"")) {
                refused.add(gid);
            } else {
                unexplained.add(gid + ": " + answer);
            }
        } catch (IOException e) {
            // Nobody listens any more; that nothing of it was accepted shows after the restart.
            Eventually.pass(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
