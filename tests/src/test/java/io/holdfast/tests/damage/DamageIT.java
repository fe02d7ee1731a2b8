package io.holdfast.tests.damage;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.engine.StorageException;
import io.holdfast.tests.damage.LoadProcess.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Flipped bits and shortened files, anywhere in what a process has left: closed cleanly, killed, or dead within a write. Each time an engine
 * on the damaged copy says and does what one on the whole directory does, or refuses and names the file, or has cut off what
 * was never acknowledged. Anything else fails.
 * <p>
 * {@code -Dholdfast.damages=N} (120); {@code -Dholdfast.seed=N} (a random one). scripts/damage-1000.sh runs a thousand.
 */
class DamageIT {

    private static final int DAMAGES = Integer.getInteger("holdfast.damages", 120);
    private static final long SEED = Long.getLong("holdfast.seed", ThreadLocalRandom.current().nextInt(1_000_000));
    /** The same directories serve so many damages. */
    private static final int PER_DIRECTORIES = 300;
    private static final long LEAST_ROOM_BYTES = 256L << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = InMemory.class)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path scratch;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final DamageTable table = new DamageTable();
    private final List<String> violations = new ArrayList<>();

    /** Where there is a file system in memory: a thousand starts sync often, and nothing here depends on a disk. */
    static final class InMemory implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test) throws IOException {
            Path memory = Path.of("/dev/shm");
            return Files.isWritable(memory) && memory.toFile().getUsableSpace() > LEAST_ROOM_BYTES
                    ? Files.createTempDirectory(memory, "holdfast-damage")
                    : Files.createTempDirectory("holdfast-damage");
        }
    }

    @Test
    void damageIsHarmlessOrNamed() throws Exception {
        System.out.println("DAMAGE: seed=" + SEED + " damages=" + DAMAGES);
        List<Sample> samples = List.of();
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < DAMAGES; i++) {
                if (i % PER_DIRECTORIES == 0) {
                    samples = samples(i / PER_DIRECTORIES);
                }
                Sample sample = samples.get(i % samples.size());
                check(thread, sample, Damage.draw(sample.data, random));
            }
        }
        System.out.print(table);
        System.out.printf("DAMAGE: %d ms of CPU, a sample has %d files%n", ProcessHandle.current().info()
                .totalCpuDuration().orElse(Duration.ZERO).toMillis(), Files.walk(samples.getFirst().data).count());
        violations.stream().limit(20).forEach(violation -> System.out.println("DAMAGE: " + violation));
        assertThat(violations).as("seed=%d", SEED).isEmpty();
    }

    /** @param acknowledged gids */
    private record Sample(End end, Path data, List<String> acknowledged, Answers whole) {}

    private List<Sample> samples(int round) throws Exception {
        List<Sample> samples = new ArrayList<>();
        for (End end : End.values()) {
            Path data = scratch.resolve(end + "-" + round);
            List<String> acknowledged = LoadProcess.run(data, end, random.nextInt());
            Path copy = scratch.resolve("whole");
            copy(data, copy);
            Answers whole = Answers.of(copy, acknowledged);
            delete(copy);
            assertThat(whole.errors()).isEmpty();
            assertThat(whole.stopped()).isEmpty();
            assertThat(whole.cutBytes() > 0).as("bytes cut after %s", end).isEqualTo(end == End.TORN);
            assertKnows(whole, acknowledged);
            System.out.println("DAMAGE: " + end + " with " + acknowledged.size() + " transactions");
            samples.add(new Sample(end, data, acknowledged, whole));
        }
        return samples;
    }

    private static void assertKnows(Answers whole, List<String> acknowledged) {
        int expired = acknowledged.size() / 2;
        for (String gid : acknowledged.subList(expired, acknowledged.size())) {
            assertThat(whole.said().get("at-first " + gid)).as(gid).isNotEqualTo("unknown");
        }
        for (String state : List.of("CONFIRMED", "CANCELLED", "SETTLED_BY_HAND", "TRYING", "CONFIRMING", "RUNNING")) {
            assertThat(whole.said().get("list")).as("states").contains("state=" + state);
        }
        assertThat(whole.said().values()).as("some have expired").contains("unknown");
    }

    private void check(ExecutorService thread, Sample sample, Damage damage) throws Exception {
        Path copy = scratch.resolve("copy");
        copy(sample.data, copy);
        damage.apply(copy);
        Future<Answers> asked = thread.submit(() -> Answers.of(copy, sample.acknowledged));
        Verdict verdict;
        try {
            verdict = Verdict.of(sample.whole, asked.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS), damage.fileName());
        } catch (TimeoutException e) {
            throw new AssertionError("seed=" + SEED + ": no end after " + sample.end + " and " + damage, e);
        } catch (ExecutionException e) {
            verdict = refusal(Objects.requireNonNull(e.getCause()), damage.fileName());
        }
        table.add(damage, verdict);
        if (verdict.kind() == Verdict.Kind.WRONG) {
            violations.add(sample.end + ", " + damage + ": " + verdict.why());
        }
        delete(copy);
    }

    private static Verdict refusal(Throwable cause, String file) {
        if (cause instanceof StorageException refused) {
            return String.valueOf(refused.getMessage()).contains(file)
                    ? new Verdict(Verdict.Kind.REFUSED, "")
                    : new Verdict(Verdict.Kind.WRONG, "the refusal does not name the file: " + refused);
        }
        return new Verdict(Verdict.Kind.WRONG, "it fails: " + cause);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
