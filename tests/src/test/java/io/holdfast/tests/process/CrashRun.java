package io.holdfast.tests.process;

import io.holdfast.tests.process.Promise.Told;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** One server under load, killed at random instants and started again, then left alone until it has finished everything. */
final class CrashRun {

    private static final int CLIENTS = 32;
    private static final int SHORTEST_LIFE_MILLIS = 20;
    private static final int LONGEST_LIFE_MILLIS = 400;
    /** So many of a hundred kills come while the server starts. */
    private static final int KILLS_DURING_START = 20;

    private final long seed;
    private final int kills;
    private final SplittableRandom random;
    private int killsBeforeListening;
    private long startMillis;

    CrashRun(long seed, int kills) {
        this.seed = seed;
        this.kills = kills;
        this.random = new SplittableRandom(seed);
    }

    /** @param violations empty if every promise was kept */
    record Result(List<String> violations, long acknowledged, String summary) {}

    Result run(Path directory) throws Exception {
        long start = System.nanoTime();
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), FixedPort.free());
                Crowd crowd = new Crowd(server.url(), CLIENTS, seed)) {
            startMillis = server.awaitListening();
            for (int kill = 1; kill <= kills; kill++) {
                live(server);
                killsBeforeListening += server.isListening() ? 0 : 1;
                server.sigkill();
                server.startAgain();
            }
            startMillis = server.awaitListening();
            long settleMillis = crowd.settle();
            List<String> violations = crowd.violations();
            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
            return new Result(violations, crowd.acknowledged(), "seed=" + seed + " kills=" + kills
                    + " beforeListening=" + killsBeforeListening + " transactions=" + crowd.transactions()
                    + " acknowledged=" + crowd.acknowledged() + " confirm=" + crowd.told(Told.CONFIRM) + " cancel="
                    + crowd.told(Told.CANCEL) + " sagas=" + crowd.told(Told.STORED) + " calls=" + crowd.deliveries()
                    + " lastStartMillis=" + startMillis + " settleMillis=" + settleMillis + " seconds=" + seconds
                    + " violations=" + violations.size());
        }
    }

    /** Some lives end before they have begun, the others a moment after. */
    private void live(ServerProcess server) throws Exception {
        if (random.nextInt(100) < KILLS_DURING_START) {
            Eventually.pass(random.nextLong(startMillis / 4, startMillis + 1));
        } else {
            startMillis = server.awaitListening();
            Eventually.pass(random.nextInt(SHORTEST_LIFE_MILLIS, LONGEST_LIFE_MILLIS));
        }
    }
}
