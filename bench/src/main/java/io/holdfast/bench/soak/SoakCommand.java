package io.holdfast.bench.soak;

import io.holdfast.bench.measure.Machine;
import io.holdfast.bench.process.ServerJvm;
import io.holdfast.bench.process.Workplace;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** {@code holdfast bench soak}: does anything grow that should not? Exit code 1 if so. */
@Command(name = "soak", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Loads a server for a long time and judges whether its disk use stays flat.",
        "Finished transactions are kept for a minute; 100 unfinished ones begun at the start must still be there at the end, also"
                + " after SIGKILL and a restart, which may take 5 s. Any failed request fails the run."})
public final class SoakCommand implements Callable<Integer> {

    private static final int EXIT_FAILED = 1;
    private static final int MOST_MINUTES = 7 * 24 * 60;

    private final String serverMain;

    @Option(names = "--minutes", defaultValue = "30", paramLabel = "N", description = "How long (default: ${DEFAULT-VALUE}).")
    private int minutes;

    @Option(names = "--rate", defaultValue = "2000", paramLabel = "N", description = "Transactions per second (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(names = "--dir", defaultValue = ".", paramLabel = "DIR", description = "A directory on the disk to use (default: the current one).")
    private Path directory = Path.of(".");

    @Option(names = "--csv", defaultValue = "./soak.csv", paramLabel = "FILE", description = "Gets a line every 10 s (default: ${DEFAULT-VALUE}).")
    private Path csv = Path.of("soak.csv");

    @Spec
    private @Nullable CommandSpec spec;

    /** Loads the server that is on the class path. */
    public SoakCommand() {
        this(ServerJvm.PACKAGED_MAIN);
    }

    /** @param serverMain the class that understands {@code server --data DIR --port P --config FILE} */
    SoakCommand(String serverMain) {
        this.serverMain = serverMain;
    }

    @Override
    public Integer call() throws Exception {
        CommandLine commandLine = Objects.requireNonNull(spec, "picocli sets it before it calls").commandLine();
        require(minutes >= 1 && minutes <= MOST_MINUTES, "--minutes=" + minutes + ", allowed: 1 to " + MOST_MINUTES);
        require(rate >= 1 && rate <= 100_000, "--rate=" + rate + ", allowed: 1 to 100000");
        require(Files.isDirectory(directory) && Files.isWritable(directory),
                "--dir=" + directory + ", allowed: a directory that exists and can be written to");
        require(!Files.isDirectory(csv) && Files.isWritable(csv.toAbsolutePath().getParent()),
                "--csv=" + csv + ", allowed: a file in a directory that exists and can be written to");
        PrintWriter out = commandLine.getOut();
        try (Workplace workplace = Workplace.create(directory)) {
            Machine machine = Machine.of(workplace.path());
            out.printf(Locale.ROOT, "disk: %s, %s; %d minutes at %,d transactions/s%n", machine.fileSystem(),
                    machine.mount(), minutes, rate);
            SoakVerdict verdict = new Soak(SoakPlan.of(minutes, rate), workplace, serverMain, line -> {
                out.println("  soak: " + line);
                out.flush();
            }).run(csv);
            verdict.lines().forEach(out::println);
            out.println(verdict.isGood() ? "soak: ok" : "soak: FAILED");
            out.flush();
            return verdict.isGood() ? CommandLine.ExitCode.OK : EXIT_FAILED;
        }
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(Objects.requireNonNull(spec, "set").commandLine(), message);
        }
    }
}
