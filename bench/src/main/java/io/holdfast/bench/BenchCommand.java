package io.holdfast.bench;

import io.holdfast.bench.measure.BenchResult;
import io.holdfast.bench.measure.Machine;
import io.holdfast.bench.measure.ResultTable;
import io.holdfast.bench.process.Progress;
import io.holdfast.bench.process.ServerJvm;
import io.holdfast.bench.process.Workplace;
import io.holdfast.bench.soak.SoakCommand;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code holdfast bench}: figures of this machine, each as a ratio to a floor of the same run. */
@Command(name = "bench", description = "Measures this machine: every figure beside its floor, in one run.", mixinStandardHelpOptions = true, sortOptions = false, subcommands = SoakCommand.class)
public final class BenchCommand implements Callable<Integer> {

    private static final List<Benchmark> USUAL = List.of(new CommandsBench(), new GroupBench(),
            new DtmSagaBench(DtmSagaBench.CALLERS),
            new CallsBench(),
            new RestartBench(RestartBench.TURNS, true), new HeapBench(), new TimerBench());

    private final String serverMain;

    @Option(names = "--only", split = ",", paramLabel = "NAME", description = "Run only these: commands, group, dtm-saga, calls, restart, heap, timer.")
    private List<String> only = List.of();

    @Option(names = "--seconds", defaultValue = "15", paramLabel = "N", description = "Seconds for each of floor and product, where time is measured (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--transactions", defaultValue = "1000000", paramLabel = "N", description = "Open transactions of restart, heap and timer (default: ${DEFAULT-VALUE}).")
    private int transactions;

    @Option(names = "--dir", defaultValue = ".", paramLabel = "DIR", description = "A directory on the disk to measure (default: the current one).")
    private Path directory = Path.of(".");

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the table as JSON, one row a line.")
    private @Nullable Path json;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Also write the table as Markdown, for docs/performance.md.")
    private @Nullable Path markdown;

    @Spec
    private @Nullable CommandSpec spec;

    /** Measures the server that is on the class path. */
    public BenchCommand() {
        this(ServerJvm.PACKAGED_MAIN);
    }

    /** @param serverMain the class that understands {@code server --data DIR --port P --config FILE} */
    BenchCommand(String serverMain) {
        this.serverMain = serverMain;
    }

    @Override
    public Integer call() throws Exception {
        requireRange("--seconds", seconds, 3, 3_600);
        requireRange("--transactions", transactions, 1_000, 10_000_000);
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw wrong("--dir=" + directory + ", allowed: a directory that exists and can be written to");
        }
        requireFile("--json", json);
        requireFile("--markdown", markdown);
        List<Benchmark> chosen = chosen();
        PrintWriter out = commandLine().getOut();
        List<BenchResult> results = new ArrayList<>();
        try (Workplace workplace = Workplace.create(directory)) {
            describe(workplace, out);
            for (Benchmark benchmark : chosen) {
                results.addAll(benchmark.run(new Run(workplace, serverMain, seconds, transactions,
                        progress(benchmark.name(), out))));
            }
        }
        ResultTable.print(results, out);
        if (json != null) {
            ResultTable.write(results, json);
        }
        if (markdown != null) {
            Files.writeString(markdown, ResultTable.markdown(results));
        }
        return CommandLine.ExitCode.OK;
    }

    private static void describe(Workplace workplace, PrintWriter out) throws Exception {
        Machine machine = Machine.of(workplace.path());
        out.printf(Locale.ROOT,
                "disk: %s, %s%nmachine: %d processors, %,d MiB, load %.2f; java %s, heap of each JVM at most"
                        + " %,d MiB%n",
                machine.fileSystem(), machine.mount(), machine.processors(), machine.memoryBytes() >> 20,
                Machine.load(), machine.java(), machine.maxHeapBytes() >> 20);
        if (machine.isInMemory()) {
            out.println(
                    "WARNING: that is memory, not a disk: a sync costs nothing there and nothing is durable. These figures"
                            + " say nothing about durable transactions. Choose another directory with --dir.");
        }
        out.flush();
    }

    private static Progress progress(String name, PrintWriter out) {
        return line -> {
            out.println("  " + name + ": " + line);
            out.flush();
        };
    }

    private List<Benchmark> chosen() {
        for (String name : only) {
            if (USUAL.stream().noneMatch(benchmark -> benchmark.name().equals(name))) {
                throw wrong("--only=" + name + ", allowed: "
                        + String.join(", ", USUAL.stream().map(Benchmark::name).toList()));
            }
        }
        return USUAL.stream().filter(benchmark -> only.isEmpty() || only.contains(benchmark.name())).toList();
    }

    private void requireRange(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw wrong(option + "=" + value + ", allowed: " + least + " to " + most);
        }
    }

    private void requireFile(String option, @Nullable Path file) {
        if (file != null && (Files.isDirectory(file) || !Files.isWritable(file.toAbsolutePath().getParent()))) {
            throw wrong(option + "=" + file + ", allowed: a file in a directory that exists and can be written to");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(commandLine(), message);
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "picocli sets it before it calls").commandLine();
    }
}
