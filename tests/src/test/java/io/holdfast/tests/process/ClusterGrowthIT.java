package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log that grows for a long time is cut off again and again, a node starts soon however long it was, and one with an empty disk
 * catches up while the others go on.
 * <p>
 * {@code -Dholdfast.entries=100000} says how many entries.
 */
class ClusterGrowthIT {

    private static final long ENTRIES = Long.getLong("holdfast.entries", 100_000);
    private static final long ENTRIES_PER_CUT = 10_000;
    /** Few, so that nearly each command is an entry of its own. */
    private static final int CLIENTS = 6;
    private static final long MOST_LOG_BYTES = 200L << 20;
    private static final long MOST_START_MILLIS = 5_000;
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final AtomicLong number = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();

    @Test
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = "takes minutes: -Dholdfast.longCluster=true")
    void aLongLogIsCutOffAndANodeStartsSoonAndAnEmptyOneCatchesUp() throws Exception {
        try (ServerGroup group = new ServerGroup(directory, 3, "");
                DtmWire wire = new DtmWire(Reach.of(group.urls()))) {
            int leader = group.awaitLeader();
            List<Thread> clients = startClients(wire);
            long startNanos = System.nanoTime();
            Eventually.holds("there are enough entries", Duration.ofMinutes(40), () -> {
                Eventually.pass(1_000);
                return metric(group, leader, "holdfast_log_entries") >= ENTRIES;
            });
            long seconds = Duration.ofNanos(System.nanoTime() - startNanos).toSeconds();
            double cuts = metric(group, leader, "holdfast_store_cuts");
            long logBytes = bytes(group.data(leader).resolve("log"));

            int empty = (leader + 1) % 3;
            group.get(empty).sigkill();
            group.lose(empty);
            group.get(empty).startAgain();
            long caughtUp = Eventually.holds("the empty node has caught up under load", LIMIT, () -> {
                Eventually.pass(100);
                return group.standing(empty).equals("member")
                        && metric(group, empty, "holdfast_log_entries") >= ENTRIES;
            });

            int restarted = (leader + 2) % 3;
            long startedUnderLoad = restart(group.get(restarted));
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }
            // What the length of the log costs, and not what clients cost that take every processor.
            long started = restart(group.get(restarted));
            System.out.println("GROWTH: entries=" + metric(group, leader, "holdfast_log_entries") + " seconds="
                    + seconds
                    + " transactions=" + number + " cuts=" + cuts + " logBytes=" + logBytes + " emptyCaughtUpMillis="
                    + caughtUp + " startMillis=" + started + " startUnderLoadMillis=" + startedUnderLoad + " problems="
                    + problems.size());
            assertThat(problems).isEmpty();
            assertThat(cuts).isGreaterThanOrEqualTo(Math.floor(0.9 * ENTRIES / ENTRIES_PER_CUT));
            assertThat(logBytes).isLessThan(MOST_LOG_BYTES);
            assertThat(started).isLessThan(MOST_START_MILLIS);
        }
    }

    private static long restart(ServerProcess server) throws Exception {
        server.sigkill();
        server.startAgain();
        return server.awaitListening();
    }

    private List<Thread> startClients(DtmWire wire) {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                while (!over.get()) {
                    String gid = "g" + number.incrementAndGet();
                    try {
                        answered(wire, "prepare", gid);
                        answered(wire, "abort", gid);
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }));
        }
        return clients;
    }

    /** As any client: what was not answered is sent again, for a while. */
    private void answered(DtmWire wire, String operation, String gid) throws InterruptedException {
        String last = "";
        for (int attempt = 0; attempt < 10; attempt++) {
            try {
                Answer answer = wire.post(operation, DtmWire.transaction(gid, "tcc"));
                // The second is how dtm's interface says that it was done when the answer was lost.
                if (answer.isSuccess() || answer.status() == 409 && operation.equals("abort")
                        && answer.body().contains("current status 'failed'")) {
                    return;
                }
                last = answer.toString();
            } catch (IOException e) {
                last = e.toString();
            }
            Eventually.pass(200);
        }
        problems.add(operation + " " + gid + ": " + last);
    }

    private static double metric(ServerGroup group, int node, String name) throws InterruptedException {
        try {
            String text = HTTP.send(HttpRequest.newBuilder(URI.create(group.get(node).url() + "/metrics")).build(),
                    BodyHandlers.ofString()).body();
            Matcher line = Pattern.compile("^" + name + " (\\S+)$", Pattern.MULTILINE).matcher(text);
            return line.find() ? Double.parseDouble(line.group(1)) : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            long sum = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }
}
