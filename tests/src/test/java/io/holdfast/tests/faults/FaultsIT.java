package io.holdfast.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tests.faults.FaultRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that can fail fails, in an order that a seed draws. Every acknowledged decision stands, everything ends, no branch is
 * both confirmed and cancelled, and what all clients were told is linearizable.
 * <p>
 * {@code -Dholdfast.faultSeconds=N} (75) for each seed, {@code -Dholdfast.seeds=A-B} (a random one), {@code -Dholdfast.faultState=FILE}
 * remembers the seeds that are done and leaves them out: scripts/faults.sh uses it.
 */
class FaultsIT {

    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("holdfast.faultSeconds", 75));
    private static final String SEEDS = System.getProperty("holdfast.seeds", "");
    private static final String STATE = System.getProperty("holdfast.faultState", "");

    @ParameterizedTest(name = "seed {0}", allowZeroInvocations = true)
    @MethodSource("seeds")
    @EnabledIfSystemProperty(named = "holdfast.longCluster", matches = "true", disabledReason = "takes minutes: -Dholdfast.longCluster=true")
    void everyPromiseIsKeptWhateverFails(long seed, @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
            throws Exception {
        System.out.println("FAULTS: seed=" + seed + " in " + directory);
        Result result = new FaultRun(seed, directory).run(TIME);
        System.out.println("FAULTS: " + result.summary());
        assertThat(result.violations()).as("seed=%d, kept in %s", seed, directory).isEmpty();
        assertThat(result.acknowledged()).as("the load was a load: %s", result.summary())
                .isGreaterThan(TIME.toSeconds());
        assertThat(result.requests()).as("the history is one: %s", result.summary())
                .isGreaterThan((int) TIME.toSeconds() * 10);
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
            List<String> finished = done.map(line -> line.replaceFirst("seed=(\\d+) .*", "$1")).toList();
            return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[range.length - 1]))
                    .filter(seed -> !finished.contains(Long.toString(seed)));
        }
    }
}
