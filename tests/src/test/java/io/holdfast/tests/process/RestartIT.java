package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.components.FreePort;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several times as much has gone through the log as it has files for: they were used again, and a start does not take longer for it.
 * <p>
 * {@code -Dholdfast.transactions=100000} (4,000) says how many share those bytes.
 */
@Tag("alone")
class RestartIT {

    private static final int TRANSACTIONS = Integer.getInteger("holdfast.transactions", 4_000);
    /** Four segments. */
    private static final int BYTES = 260 << 20;
    /** What is written, what a cut that is under way still needs, and one in reserve. */
    private static final int MOST_SEGMENTS = 3;
    private static final int CLIENTS = 24;
    /** Five seconds are the aim on an idle machine; this is for one that is shared. */
    private static final long MOST_START_MILLIS = 30_000;
    private static final Pattern RECOVERED = Pattern.compile(
            "\\bclean\\W+(true|false)\\W.*\\bcutBytes\\W+(\\d+)\\W.*\\bmillis\\W+(\\d+)");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    @Test
    void theLogIsUsedAgainAndAStartIsQuick() throws Exception {
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, FreePort.choose());
                DtmWire wire = new DtmWire(server.url())) {
            server.awaitListening();
            assertThat(recovered(server).group(1)).as("a new log").isEqualTo("true");
            long began = System.nanoTime();
            List<String> acknowledged = run(wire);
            System.out.println("RESTART: transactions=" + TRANSACTIONS + " segments=" + segments(data) + " ms="
                    + (System.nanoTime() - began) / 1_000_000 + " CPU of the server in ms=" + server.cpuMillis());
            assertThat(segments(data)).isBetween(2L, (long) MOST_SEGMENTS);

            server.sigkill();
            assertStartsAgain(server, false);
            assertThat(acknowledged).hasSize(TRANSACTIONS);
            for (int i = 0; i < acknowledged.size(); i += 1 + TRANSACTIONS / 300) {
                assertThat(wire.status(acknowledged.get(i))).isEqualTo("succeed");
            }
            server.sigterm();
            assertThat(server.awaitEnd()).isZero();
            assertStartsAgain(server, true);
        }
    }

    private static void assertStartsAgain(ServerProcess server, boolean clean) throws Exception {
        server.startAgain();
        long listening = server.awaitListening();
        Matcher line = recovered(server);
        System.out.println("RESTART: clean=" + line.group(1) + " cutBytes=" + line.group(2) + " recovered in ms="
                + line.group(3) + " listening after ms=" + listening + " CPU in ms=" + server.cpuMillis());
        assertThat(line.group(1)).isEqualTo(Boolean.toString(clean));
        assertThat(Long.parseLong(line.group(3))).isLessThan(MOST_START_MILLIS);
    }

    private static Matcher recovered(ServerProcess server) throws Exception {
        Eventually.holds("the server says that it has recovered", Duration.ofSeconds(60),
                () -> RECOVERED.matcher(server.said()).find());
        Matcher line = RECOVERED.matcher(server.said());
        assertThat(line.find()).isTrue();
        return line;
    }

    private static List<String> run(DtmWire wire) throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
        Queue<String> problems = new ConcurrentLinkedQueue<>();
        String payload = "x".repeat(BYTES / TRANSACTIONS);
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                try {
                    for (int n = count.getAndIncrement(); n < TRANSACTIONS; n = count.getAndIncrement()) {
                        var answer = wire.post("submit", saga("r-" + n, payload));
                        if (answer.isSuccess()) {
                            acknowledged.add("r-" + n);
                        } else {
                            problems.add(answer.toString());
                        }
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
        return List.copyOf(acknowledged);
    }

    private static ObjectNode saga(String gid, String payload) {
        ObjectNode saga = DtmWire.transaction(gid, "saga");
        saga.withArray("steps").addObject().put("action", "").put("compensate", "");
        saga.withArray("payloads").add(payload);
        return saga;
    }

    private static long segments(Path data) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("log"))) {
            return files.filter(file -> file.toString().endsWith(".seg")).count();
        }
    }
}
