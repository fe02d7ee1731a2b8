package io.holdfast.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code holdfast bench}: figures of this machine, each as a ratio to a floor of the same run. */
@Command(name = "bench", description = "Measures this machine: every figure beside its floor, in one run.", mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {

    private static final List<Benchmark> ALL = List.of(new CommandsBench());

    @Option(names = "--only", split = ",", paramLabel = "NAME", description = "Run only these: commands.")
    private List<String> only = List.of();

    @Option(names = "--seconds", defaultValue = "15", description = "Seconds for each of floor and product (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--dir", paramLabel = "DIR", defaultValue = ".", description = "A directory on the disk to measure (default: the current one).")
    private Path directory = Path.of(".");

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the table as JSON.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        CommandSpec command = java.util.Objects.requireNonNull(spec);
        PrintWriter out = command.commandLine().getOut();
        if (seconds < 3 || seconds > 3_600) {
            throw new ParameterException(command.commandLine(), "--seconds=" + seconds + " must be from 3 to 3600");
        }
        List<Benchmark> chosen = chosen(command);
        Path work = Files.createTempDirectory(directory, "holdfast-bench");
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
                throw new ParameterException(command.commandLine(), "--only=" + name + ": there are only "
                        + ALL.stream().map(Benchmark::name).toList());
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

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
