package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.cli.Holdfast;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The demo as it is shipped, with a mistake built in on purpose: the judge has to find each, by the figure that is there for it. A
 * short run for each, two at a time and beside nothing else, because each is eight processes; {@code DemoIT} in examples has more mistakes, on a stand-in for the server.
 */
@Tag("alone")
class PlantedBugsIT {
    private static final int AT_ONCE = 2;
    private static final int FAILED = 1;
    private static final long LIMIT_SECONDS = 300;
    /** As the launcher's; the services get them from the demo. */
    private static final List<String> JVM_FLAGS = List.of("--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow", "-XX:+ExitOnOutOfMemoryError", "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders", "-Xmx512m");

    /** A mistake, the figure that gives it away, and what shows it in a short run. */
    private enum Plant {
        CANCEL_TRIES_AGAIN("frozenLeftCent", "off"), STOCK_WITHOUT_CHECK("oversold", "off"), CONFIRM_DOES_NOTHING(
                "reservationsLeft", "off"), COUPON_CANCEL_BURNS("mixedDecisions",
                        "off"), GATEWAY_FORGETS_A_BRANCH("reservationsLeft", "off"),
        /** Without faults nothing comes twice. */
        ORDER_WITHOUT_FENCE("duplicated", "on");

        private final String figure;
        private final String faults;

        Plant(String figure, String faults) {
            this.figure = figure;
            this.faults = faults;
        }

        private String option() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private record Outcome(int exitCode, String said, JsonNode report) {}

    private static final Map<Plant, Future<Outcome>> RUNS = new EnumMap<>(Plant.class);
    private static final ExecutorService RUNNERS = Executors.newFixedThreadPool(AT_ONCE);

    @TempDir
    private static Path place;

    @BeforeAll
    static void startAll() {
        for (Plant plant : Plant.values()) {
            RUNS.put(plant, RUNNERS.submit(() -> run(plant)));
        }
    }

    @AfterAll
    static void endAll() {
        RUNNERS.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void theJudgeFindsIt(Plant plant) throws Exception {
        Outcome outcome = Objects.requireNonNull(RUNS.get(plant)).get();

        assertThat(outcome.exitCode).as("%s", outcome.said).isEqualTo(FAILED);
        assertThat(outcome.report.path("verdict").asText()).isEqualTo("failed");
        assertThat(outcome.report.findValue(plant.figure).asLong()).as("%s", outcome.report).isPositive();
        assertThat(outcome.report.path("details").path("failures").toString()).contains(plant.figure + "=");
    }

    private static Outcome run(Plant plant) throws Exception {
        Path directory = Files.createDirectory(place.resolve(plant.option()));
        Path report = directory.resolve("report.json");
        Path output = directory.resolve("output");
        long began = System.nanoTime();
        Process demo = new ProcessBuilder(command(plant, directory, report)).redirectErrorStream(true)
                .redirectOutput(output.toFile()).start();
        try {
            if (!demo.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(plant + " does not end; it said: " + Files.readString(output));
            }
        } finally {
            demo.destroy(); // so that it clears up
        }
        System.out.println("PLANTED: " + plant.option() + " took ms="
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        String said = Files.readString(output);
        if (!Files.exists(report)) {
            throw new AssertionError(plant + " left no report; it said: " + said);
        }
        return new Outcome(demo.exitValue(), said, new ObjectMapper().readTree(report.toFile()));
    }

    private static List<String> command(Plant plant, Path directory, Path report) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_FLAGS);
        command.addAll(StartupCache.options(ServerProcess.classPath(), JVM_FLAGS));
        command.addAll(List.of("-Djava.io.tmpdir=" + directory, "-cp", ServerProcess.classPath(),
                Holdfast.class.getName(), "demo", "--seconds=4", "--rate=40", "--kills=0", "--seed=20261122",
                "--faults=" + plant.faults, "--plant=" + plant.option(), "--report=" + report));
        return command;
    }
}
