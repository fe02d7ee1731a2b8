package io.holdfast.tests.process;

import io.holdfast.components.FreePort;
import io.holdfast.tests.process.Audit.Kept;
import io.holdfast.tests.process.Promise.Told;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** One server under load, killed at random instants and started again, then left alone until it has finished everything. */
final class CrashRun {

    /** When the server is killed. */
    enum Aim {
        /** At any instant. */
        ANYWHERE,
        /** With cuts all the time and a short retention, most often within a cut or just after one. */
        CUTS
    }

    private static final int CLIENTS = 32;
    /** Lives are measured in answers, so that a slow machine kills a server at work too, and not one that has only begun. */
    private static final int MOST_ANSWERS = 400;
    /** Answers come in bursts, one for each sync of the log; this moves the kill to anywhere between them. */
    private static final int MOST_MILLIS_AFTER = 20;
    /** A cut takes some milliseconds. */
    private static final int MOST_MILLIS_WITHIN_A_CUT = 8;
    /** Then the files of what is forgotten are dropped. */
    private static final int MOST_MILLIS_AFTER_A_CUT = 3;
    private static final Duration LIFE_LIMIT = Duration.ofSeconds(30);
    /** So many of a hundred kills come while the server starts. */
    private static final int KILLS_DURING_START = 20;
    private static final int ASKED_AFTER_A_KILL = 50;

    /** Shorter than a run, longer than a start and the transactions that wait for it. */
    private static final Kept SHORT = new Kept(8_000, 12_000);
    /** As small as can be: what the core keeps does not expire, and it keeps a quarter of the bytes that unfinished ones may take. */
    private static final String CUTS = """
            limits:
              maxLiveBytes: 1048576
            retention:
              confirmedMillis: %d
              cancelledMillis: %d
            store:
              cutBytes: 65536
            """;

    private final long seed;
    private final int kills;
    private final Aim aim;
    private final SplittableRandom random;
    private int killsBeforeListening;
    private int killsWithinCut;
    private int killsAfterCut;
    private long startMillis;

    CrashRun(long seed, int kills, Aim aim) {
        this.seed = seed;
        this.kills = kills;
        this.aim = aim;
        this.random = new SplittableRandom(seed);
    }

    /**
     * @param violations     empty if every promise was kept
     * @param killsInWindows within a cut or just after one
     */
    record Result(List<String> violations, long acknowledged, int killsInWindows, int expired, String summary) {}

    Result run(Path directory) throws Exception {
        long start = System.nanoTime();
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, FreePort.choose(), options(directory));
                Crowd crowd = new Crowd(List.of(server.url()), CLIENTS, seed,
                        aim == Aim.CUTS ? SHORT : Kept.FOR_EVER)) {
            startMillis = server.awaitListening();
            for (int kill = 1; kill <= kills; kill++) {
                live(server, crowd, new CutWatch(data));
                server.startAgain();
            }
            startMillis = server.awaitListening();
            crowd.askForTheYoungest(ASKED_AFTER_A_KILL);
            long settleMillis = crowd.settle();
            List<String> violations = crowd.violations();
            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
            return new Result(violations, crowd.acknowledged(), killsWithinCut + killsAfterCut, crowd.expired(),
                    "seed=" + seed + " kills=" + kills
                            + " beforeListening=" + killsBeforeListening + " answers=" + crowd.answers()
                            + " transactions=" + crowd.transactions()
                            + " acknowledged=" + crowd.acknowledged() + " confirm=" + crowd.told(Told.CONFIRM)
                            + " cancel=" + crowd.told(Told.CANCEL) + " sagas=" + crowd.told(Told.STORED) + " calls="
                            + crowd.deliveries() + " lastStartMillis=" + startMillis + " settleMillis=" + settleMillis
                            + " seconds=" + seconds + " violations=" + violations.size() + " aim=" + aim
                            + " withinCut=" + killsWithinCut + " afterCut=" + killsAfterCut + " expired="
                            + crowd.expired());
        }
    }

    private String[] options(Path directory) throws IOException {
        if (aim == Aim.ANYWHERE) {
            return new String[0];
        }
        Path config = Files.writeString(directory.resolve("config.yaml"),
                CUTS.formatted(SHORT.succeededMillis(), SHORT.failedMillis()));
        return new String[]{"--config", config.toString()};
    }

    /** Some lives end before they have begun, the others a moment after, all by SIGKILL. */
    private void live(ServerProcess server, Crowd crowd, CutWatch watch) throws Exception {
        if (random.nextInt(100) < KILLS_DURING_START) {
            Eventually.pass(random.nextLong(startMillis / 4, startMillis + 1));
            killsBeforeListening += server.isListening() ? 0 : 1;
            server.sigkill();
            return;
        }
        startMillis = server.awaitListening();
        crowd.askForTheYoungest(ASKED_AFTER_A_KILL);
        long until = crowd.answers() + random.nextInt(MOST_ANSWERS);
        Eventually.holds("clients get answers", LIFE_LIMIT, () -> crowd.answers() >= until);
        if (aim == Aim.ANYWHERE) {
            Eventually.pass(random.nextInt(MOST_MILLIS_AFTER));
            server.sigkill();
        } else {
            killAtACut(server, watch);
        }
    }

    private void killAtACut(ServerProcess server, CutWatch watch) throws Exception {
        boolean within = random.nextInt(3) < 2;
        if (within) {
            watch.awaitTable();
            Eventually.pass(random.nextInt(MOST_MILLIS_WITHIN_A_CUT));
        } else {
            watch.awaitCut();
            Eventually.pass(random.nextInt(MOST_MILLIS_AFTER_A_CUT));
        }
        server.sigkill();
        boolean isInWindow = watch.isAsAwaited();
        killsWithinCut += within && isInWindow ? 1 : 0;
        killsAfterCut += !within && isInWindow ? 1 : 0;
    }
}
