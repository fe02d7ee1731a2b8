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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A participant is down, and what waits for it piles up to the bound: begin is refused, nothing else is, memory stays within the heap of 512
 * MiB, and everything ends when the participant is back.
 * <p>
 * {@code -Dholdfast.unfinished=200000} (5,000) says how many.
 */
class ParticipantDownIT {

    private static final int UNFINISHED = Integer.getInteger("holdfast.unfinished", 5_000);
    private static final int CLIENTS = 48;
    /** Begun before, and not decided. */
    private static final int HELD = 20;
    private static final int PAYLOAD_CHARS = 200;
    /** Heap, code, threads, native memory of the store. */
    private static final long MOST_RESIDENT_KIBIBYTES = 1_100 << 10;
    private static final Duration SHORT = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofSeconds(60).plusMillis(3L * UNFINISHED);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final Set<String> called = ConcurrentHashMap.newKeySet();

    @Test
    void overTheBoundBeginAloneIsRefusedAndEverythingEndsWhenTheParticipantIsBack() throws Exception {
        Path config = Files.writeString(directory.resolve("config.yaml"),
                "limits:\n  maxUnfinished: " + UNFINISHED + "\n");
        int port = FreePort.choose();
        String down = "http://127.0.0.1:" + port;
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), FreePort.choose(), "--config",
                config.toString());
                Participant up = new Participant(0, call -> 200);
                DtmWire wire = new DtmWire(server.url())) {
            server.awaitListening();
            for (int i = 0; i < HELD; i++) {
                assertThat(wire.post("prepare", held(i).put("timeout_to_fail", 3_600)).isSuccess()).isTrue();
                assertThat(wire.post("registerBranch", DtmWire.branch("held-" + i, "01", up.url())).isSuccess())
                        .isTrue();
            }
            long started = System.nanoTime();
            fill(wire, down);
            say(server, "unfinished=" + UNFINISHED + " after ms=" + millisSince(started));
            assertThat(accepted).hasSize(UNFINISHED - HELD);

            assertNothingElseIsRefused(wire, down, up.url());
            long resident = residentKibibytes(server);
            say(server, "resident KiB=" + resident);
            assertThat(resident).isLessThan(MOST_RESIDENT_KIBIBYTES);

            started = System.nanoTime();
            try (Participant back = new Participant(port, call -> {
                called.add(call.gid());
                return 200;
            })) {
                Eventually.holds("everything has ended", LIMIT, () -> {
                    Eventually.pass(200);
                    return called.size() >= accepted.size() && wire.get("all?limit=1&status=submitted").json()
                            .path("transactions").isEmpty();
                });
            }
            say(server, "ended after ms=" + millisSince(started));
            assertThat(called).containsAll(accepted);
            for (String gid : List.copyOf(accepted).subList(0, HELD)) {
                assertThat(wire.status(gid)).isEqualTo("succeed");
            }
        }
    }

    private void fill(DtmWire wire, String down) throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        String gid = "s-" + count.incrementAndGet();
                        Answer answer = wire.post("submit", saga(gid, down));
                        if (!answer.isSuccess()) {
                            refused(answer);
                            return;
                        }
                        accepted.add(gid);
                    }
                } catch (IOException | InterruptedException e) {
                    problems.add(e.toString());
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        assertThat(problems).isEmpty();
    }

    private void refused(Answer answer) {
        if (answer.status() != 429 || !answer.body().contains("\"overloaded\"")
                || !answer.body().contains("unfinished")) {
            problems.add(answer.toString());
        }
    }

    private void assertNothingElseIsRefused(DtmWire wire, String down, String up) throws Exception {
        refused(wire.post("submit", saga("one-more", down)));
        refused(wire.post("prepare", DtmWire.transaction("one-more-tcc", "tcc")));
        assertThat(problems).isEmpty();
        for (int i = 0; i < HELD; i++) {
            String gid = "held-" + i;
            assertThat(wire.post("registerBranch", DtmWire.branch(gid, "02", up)).isSuccess()).isTrue();
            assertThat(wire.post(i % 2 == 0 ? "submit" : "abort", held(i)).isSuccess()).isTrue();
            String end = i % 2 == 0 ? "succeed" : "failed";
            Eventually.holds(gid + " ends although others wait", SHORT, () -> wire.status(gid).equals(end));
        }
        // They have made room, and who needs nobody that is down is not held up.
        for (int i = 0; i < HELD; i++) {
            String gid = "later-" + i;
            assertThat(wire.post("submit", saga(gid, up)).isSuccess()).isTrue();
            Eventually.holds(gid + " ends", SHORT, () -> wire.status(gid).equals("succeed"));
        }
    }

    private static ObjectNode held(int number) {
        return DtmWire.transaction("held-" + number, "tcc");
    }

    private static ObjectNode saga(String gid, String participant) {
        ObjectNode saga = DtmWire.transaction(gid, "saga");
        saga.withArray("steps").addObject().put("action", participant + "/action").put("compensate",
                participant + "/compensate");
        saga.withArray("payloads").add("x".repeat(PAYLOAD_CHARS));
        return saga;
    }

    private static long residentKibibytes(ServerProcess server) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(server.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst().orElseThrow();
    }

    private static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }

    private static void say(ServerProcess server, String what) {
        System.out.println("DOWN: " + what + " CPU of the server in ms=" + server.cpuMillis());
    }
}
