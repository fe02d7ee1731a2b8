package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.tests.process.CrashRun.Aim;
import io.holdfast.tests.process.CrashRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SIGKILL at random instants under load, and at cuts while retention is at work. Every acknowledged decision stands, nothing is
 * unfinished at the end or forgotten too early, no branch is both confirmed and cancelled, and every start succeeds.
 * <p>
 * {@code -Dholdfast.kills=N} kills per seed (3 anywhere, 2 at cuts); {@code -Dholdfast.seeds=A-B} (a random one);
 * {@code -Dholdfast.crash.aim=ANYWHERE} or {@code CUTS} (both); {@code -Dholdfast.crash.state=FILE} remembers the seeds that are
 * done and leaves them out: scripts/crash-500.sh uses it.
 */
class SigkillIT {

    private static final int KILLS = Integer.getInteger("holdfast.kills", 0);
    private static final int KILLS_ANYWHERE = 3;
    private static final int KILLS_AT_CUTS = 2;
    private static final String AIM = System.getProperty("holdfast.crash.aim", "");
    private static final String SEEDS = System.getProperty("holdfast.seeds", "");
    private static final String STATE = System.getProperty("holdfast.crash.state", "");

    @ParameterizedTest(name = "seed {0}", allowZeroInvocations = true)
    @MethodSource("seeds")
    void acknowledgedDecisionsOutliveKillsAtRandomInstants(long seed,
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        assumeTrue(AIM.isEmpty() || AIM.equals(Aim.ANYWHERE.name()), "holdfast.crash.aim=" + AIM);
        run(seed, KILLS > 0 ? KILLS : KILLS_ANYWHERE, Aim.ANYWHERE, directory);
    }

    @ParameterizedTest(name = "seed {0}", allowZeroInvocations = true)
    @MethodSource("seeds")
    void nothingIsLostOrForgottenTooEarlyByKillsAtCuts(long seed,
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        assumeTrue(AIM.isEmpty() || AIM.equals(Aim.CUTS.name()), "holdfast.crash.aim=" + AIM);
        int kills = KILLS > 0 ? KILLS : KILLS_AT_CUTS;
        Result result = run(seed, kills, Aim.CUTS, directory);
        assertThat(result.killsInWindows()).as("kills within cuts or just after: %s", result.summary())
                .isGreaterThan(kills / 5);
    }

    private static Result run(long seed, int kills, Aim aim, Path directory) throws Exception {
        System.out.println("SIGKILL: seed=" + seed + " kills=" + kills + " aim=" + aim + " in " + directory);
        Result result = new CrashRun(seed, kills, aim).run(directory);
        System.out.println("SIGKILL: " + result.summary());
        assertThat(result.violations()).as("seed=%d, kept in %s", seed, directory).isEmpty();
        assertThat(result.acknowledged()).as("the load was a load: %s", result.summary()).isGreaterThan(10L * kills);
        if (!STATE.isEmpty()) {
            Files.writeString(Path.of(STATE), result.summary() + "\n", StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
        return result;
    }

    static LongStream seeds() throws IOException {
        if (SEEDS.isEmpty()) {
            return LongStream.of(ThreadLocalRandom.current().nextInt(1_000_000));
        }
        String[] range = SEEDS.split("-", 2);
        try (Stream<String> done = STATE.isEmpty() || !Files.exists(Path.of(STATE))
                ? Stream.empty()
                : Files.lines(Path.of(STATE))) {
            var finished = done.map(line -> line.replaceFirst("seed=(\\d+) .*", "$1")).toList();
            return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[range.length - 1]))
                    .filter(seed -> !finished.contains(Long.toString(seed)));
        }
    }
}
