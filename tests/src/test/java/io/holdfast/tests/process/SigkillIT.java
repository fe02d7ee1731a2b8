package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

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
 * SIGKILL at random instants under load. Every acknowledged decision stands, nothing is unfinished at the end, no branch is both
 * confirmed and cancelled, and every start succeeds.
 * <p>
 * {@code -Dholdfast.kills=N} kills per seed (30); {@code -Dholdfast.seeds=A-B} (a random one); {@code -Dholdfast.crash.state=FILE}
 * remembers the seeds that are done and leaves them out: scripts/crash-500.sh uses it.
 */
class SigkillIT {

    private static final int KILLS = Integer.getInteger("holdfast.kills", 30);
    private static final String SEEDS = System.getProperty("holdfast.seeds", "");
    private static final String STATE = System.getProperty("holdfast.crash.state", "");

    @ParameterizedTest(name = "seed {0}", allowZeroInvocations = true)
    @MethodSource("seeds")
    void acknowledgedDecisionsOutliveKillsAtRandomInstants(long seed,
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        System.out.println("SIGKILL: seed=" + seed + " kills=" + KILLS + " in " + directory);
        Result result = new CrashRun(seed, KILLS).run(directory);
        System.out.println("SIGKILL: " + result.summary());
        assertThat(result.violations()).as("seed=%d, kept in %s", seed, directory).isEmpty();
        assertThat(result.acknowledged()).as("the load was a load: %s", result.summary()).isGreaterThan(KILLS);
        if (!STATE.isEmpty()) {
            Files.writeString(Path.of(STATE), result.summary() + "\n", StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
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
