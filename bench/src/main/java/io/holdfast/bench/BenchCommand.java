package io.holdfast.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code holdfast bench}: figures of this machine, each as a ratio to a floor of the same run. */
@Command(name = "bench", description = "Measures this machine: every figure beside its floor, in one run.", mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {

    private static final int DELETE_ATTEMPTS = 20;
    private static final long DELETE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final List<Benchmark> ALL = List.of(new CommandsBench());

    @Option(names = "--only", split = ",", paramLabel = "NAME", description = "Run only these: commands.")
    private List<String> only = List.of();

    @Option(names = "--seconds", defaultValue = "15", paramLabel = "N", description = "Seconds for each of floor and product (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--dir", defaultValue = ".", paramLabel = "DIR", description = "A directory on the disk to measure (default: the current one).")
    private Path directory = Path.of(".");

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the table as JSON.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        CommandSpec command = Objects.requireNonNull(spec, "picocli sets it before it calls");
        PrintWriter out = command.commandLine().getOut();
        if (seconds < 3 || seconds > 3_600) {
            throw new ParameterException(command.commandLine(), "--seconds=" + seconds + ", allowed: 3 to 3600");
        }
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new ParameterException(command.commandLine(),
                    "--dir=" + directory + ", allowed: a directory that exists and can be written to");
        }
        List<Benchmark> chosen = chosen(command);
        Path work = Files.createTempDirectory(directory, "holdfast-bench");
        Thread deleteOnInterrupt = new Thread(() -> delete(work), "bench-clear-up");
        Runtime.getRuntime().addShutdownHook(deleteOnInterrupt);
        List<BenchResult> results = new ArrayList<>();
        try {
            out.println("disk: " + Files.getFileStore(work).type() + " at " + directory.toAbsolutePath().normalize()
                    + ", processors: "
                    + Runtime.getRuntime().availableProcessors() + ", java " + Runtime.version());
            for (Benchmark benchmark : chosen) {
                Path own = Files.createDirectory(work.resolve(benchmark.name()));
                results.addAll(benchmark.run(own, seconds, line -> {
                    out.println("  " + benchmark.name() + ": " + line);
                    out.flush();
                }));
            }
        } finally {
            delete(work);
            endWatch(deleteOnInterrupt);
        }
        for (BenchResult result : results) {
            out.printf("%-10s %10.0f %s, %.1f us of CPU each%n%-10s %10.0f %s, %.1f us of CPU each%n"
                    + "%-10s ratio %.2f   p50 %.0f us   p99 %.0f us%n", result.name(), result.floor(),
                    result.floorUnit(),
                    result.floorCpuMicros(), "", result.product(), result.productUnit(), result.productCpuMicros(), "",
                    result.ratio(), result.p50Micros(), result.p99Micros());
        }
        out.flush();
        if (json != null) {
            write(json, results);
        }
        return 0;
    }

    private List<Benchmark> chosen(CommandSpec command) {
        for (String name : only) {
            if (ALL.stream().noneMatch(benchmark -> benchmark.name().equals(name))) {
                throw new ParameterException(command.commandLine(), "--only=" + name + ", allowed: "
                        + String.join(", ", ALL.stream().map(Benchmark::name).toList()));
            }
        }
        return ALL.stream().filter(benchmark -> only.isEmpty() || only.contains(benchmark.name())).toList();
    }

    private static void write(Path file, List<BenchResult> results) throws IOException {
        List<Map<String, Object>> rows = results.stream()
                .map(result -> Map.<String, Object>of("name", result.name(), "floor",
                        result.floor(), "product", result.product(), "ratio", result.ratio(), "p50_us",
                        result.p50Micros(), "p99_us",
                        result.p99Micros(), "floor_cpu_us", result.floorCpuMicros(), "cpu_us",
                        result.productCpuMicros()))
                .toList();
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), rows);
    }

    /** Also while the benchmark still runs, after Ctrl-C: what it makes meanwhile is deleted in the next attempt. */
    private static void delete(Path directory) {
        for (int attempt = 0; attempt < DELETE_ATTEMPTS && Files.exists(directory); attempt++) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException e) {
                LockSupport.parkNanos(DELETE_PAUSE_NANOS);
            }
        }
        if (Files.exists(directory)) {
            System.err.println("holdfast: " + directory + " could not be deleted");
        }
    }

    private static void endWatch(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The shutdown has just begun: the hook runs, and finds nothing to delete.
        }
    }
}
