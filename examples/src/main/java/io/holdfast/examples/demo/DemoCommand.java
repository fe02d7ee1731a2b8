package io.holdfast.examples.demo;

import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.process.MissingMeansException;
import io.holdfast.examples.process.WorkDirectory;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code holdfast demo}: a mall under faults and kills, with an independent judge at the end. */
@Command(name = "demo", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Runs a mall under faults and kills of the coordinator, and judges it.",
        "Places orders that need goods, money and coupons of four services, injects faults, kills the coordinator and the gateway, and lets a judge decide by SQL"
                + " whether anything was lost, doubled or left behind. Exit code 0: nothing was; 1: something was, or the run"
                + " failed; 2: wrong options; 3: the machine lacks something."})
public final class DemoCommand implements Callable<Integer> {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_LACKING = 3;
    /** What a shell shows for a program that was ended by Ctrl-C. */
    private static final int EXIT_INTERRUPTED = 130;
    private static final long HIGHEST_RANDOM_SEED = 1_000_000_000L;
    private static final String COORDINATOR = "io.holdfast.cli.Holdfast";

    private final String coordinatorMainClass;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--seconds", defaultValue = "60", paramLabel = "N", description = "How long to place orders (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--rate", defaultValue = "60", paramLabel = "N", description = "Orders per second (${DEFAULT-VALUE}).")
    private int rate;

    @Option(names = "--seed", paramLabel = "N", description = "Chooses orders, faults and kills (random, and printed).")
    private @Nullable Long seed;

    @Option(names = "--faults", defaultValue = "on", paramLabel = "on|off", description = "Inject faults (${DEFAULT-VALUE}).")
    private String faults = "on";

    @Option(names = "--kills", defaultValue = "3", paramLabel = "N", description = "Kill the coordinator this often (${DEFAULT-VALUE}).")
    private int kills;

    @Option(names = "--nodes", defaultValue = "1", paramLabel = "N", description = "Nodes of the coordinator: 1, 3 or 5 (${DEFAULT-VALUE}).")
    private int nodes = 1;

    @Option(names = "--workers", defaultValue = "0", paramLabel = "N", description = "Workers that make its calls; 0: it makes them itself (${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--components", defaultValue = "embedded", paramLabel = "embedded|real", description = "embedded: PostgreSQL from the build's own libraries; real: MariaDB, PostgreSQL, Redis and Python of this machine (${DEFAULT-VALUE}).")
    private String components = "embedded";

    @Option(names = "--report", defaultValue = "./report.json", paramLabel = "FILE", description = "Where to write the report (${DEFAULT-VALUE}).")
    private Path report = Path.of("report.json");

    @Option(names = "--plant", hidden = true, defaultValue = "none", paramLabel = "BUG", description = "Build in a mistake on purpose.")
    private String plant = "none";

    /** The demo of the Holdfast server that is on the class path. */
    public DemoCommand() {
        this(COORDINATOR);
    }

    /** @param coordinatorMainClass understands {@code server --data DIR --port P} */
    DemoCommand(String coordinatorMainClass) {
        this.coordinatorMainClass = coordinatorMainClass;
    }

    @Override
    public Integer call() throws InterruptedException {
        DemoSettings settings = settings();
        PrintWriter errors = commandLine().getErr();
        try {
            return run(settings, commandLine().getOut());
        } catch (MissingMeansException e) {
            errors.println(e.getMessage());
            return EXIT_LACKING;
        } catch (IOException | SQLException | RedisException | IllegalStateException e) {
            errors.println("The demo failed: " + (e.getMessage() == null ? e : e.getMessage()) + " (seed "
                    + settings.seed() + ")");
            return EXIT_FAILED;
        }
    }

    private int run(DemoSettings settings, PrintWriter out)
            throws IOException, SQLException, MissingMeansException, InterruptedException {
        WorkDirectory.sweepOrphans();
        WorkDirectory directory = WorkDirectory.create();
        EndOnInterrupt interrupt = EndOnInterrupt.watch(directory);
        // So that what is found there is of this run, also if it comes to no verdict.
        Files.deleteIfExists(settings.report());
        try (interrupt; directory) {
            Report report = play(settings, directory, interrupt, out);
            report.print(out);
            report.write(settings.report());
            out.println("report   " + settings.report().toAbsolutePath().normalize());
            if (!report.isOk()) {
                out.println("evidence " + directory.saveEvidence(evidenceOf(settings.report())));
            }
            out.flush();
            return report.isOk() ? CommandLine.ExitCode.OK : EXIT_FAILED;
        } catch (IOException | SQLException | RedisException | IllegalStateException e) {
            if (interrupt.isInterrupted()) {
                return EXIT_INTERRUPTED;
            }
            throw e;
        }
    }

    private Report play(DemoSettings settings, WorkDirectory directory, EndOnInterrupt interrupt, PrintWriter out)
            throws IOException, SQLException, MissingMeansException, InterruptedException {
        try {
            return new Demo(settings, coordinatorMainClass, out).run(directory);
        } catch (IOException | SQLException | RedisException | IllegalStateException e) {
            if (!interrupt.isInterrupted()) {
                out.println("evidence " + directory.saveEvidence(evidenceOf(settings.report())));
                out.flush();
            }
            throw e;
        }
    }

    private static Path evidenceOf(Path report) {
        return report.toAbsolutePath().normalize().resolveSibling(report.getFileName() + ".evidence");
    }

    private DemoSettings settings() {
        long chosenSeed = seed == null ? ThreadLocalRandom.current().nextLong(HIGHEST_RANDOM_SEED) : seed;
        Path parent = report.toAbsolutePath().getParent();
        if (Files.isDirectory(report) || parent == null || !Files.isDirectory(parent) || !Files.isWritable(parent)) {
            throw new ParameterException(commandLine(),
                    "--report=" + report + ", allowed: a file in a directory that exists and can be written to");
        }
        try {
            return new DemoSettings(seconds, rate, chosenSeed, choose("--faults", faults, "on", "off").equals("on"),
                    kills, nodes, workers,
                    choose("--components", components, "embedded", "real").equals("real")
                            ? Components.REAL
                            : Components.EMBEDDED,
                    report, PlantedBug.ofOption(choose("--plant", plant, PlantedBug.optionNames())));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private String choose(String option, String value, String... allowed) {
        if (!List.of(allowed).contains(value)) {
            throw new ParameterException(commandLine(),
                    option + "=" + value + ", allowed: " + String.join(", ", allowed));
        }
        return value;
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "picocli sets it before it calls").commandLine();
    }
}
