package io.holdfast.simulator;

import io.holdfast.simulator.SimOptions.Topology;
import io.holdfast.simulator.SimOptions.Workers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code holdfast sim}: whole clusters on one thread, faults drawn from a seed. */
@Command(name = "sim", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Runs the coordinator on a virtual clock with a faulty network, faulty disks and dying processes, alone or in a group,"
                + " with or without workers, all of it drawn from a seed,"
                + " and checks the guarantees at every step.",
        "With --seed it runs one and tells its story; otherwise it searches through seeds until one breaks a guarantee, makes"
                + " that run as small as it can, and prints how to repeat it."})
public final class SimCommand implements Callable<Integer> {

    private static final int EXIT_BROKEN = 1;
    private static final int MAX_TRANSACTIONS = 10_000;
    private static final int MAX_SPREAD_MILLIS = 3_600_000;
    private static final int MAX_THREADS = 256;
    private static final int SHRINK_RUNS = 600;
    private static final long PROGRESS_MILLIS = 5_000;
    private static final Pattern DURATION = Pattern.compile("([1-9]\\d{0,6})(s|m|h)");

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--seed", paramLabel = "N", description = "Run this seed and tell its story.")
    private @Nullable Long seed;

    @Option(names = "--trace", paramLabel = "FILE", description = "With --seed: write the story to this file instead of the screen.")
    private @Nullable Path trace;

    @Option(names = "--for", paramLabel = "TIME", description = "Search for so long, for example 30s, 10m or 2h (default: 1m).")
    private @Nullable String duration;

    @Option(names = "--seeds", paramLabel = "N", description = "Search through so many seeds, however long it takes.")
    private @Nullable Long seeds;

    @Option(names = "--first", defaultValue = "1", paramLabel = "N", description = "The first seed of a search (${DEFAULT-VALUE}).")
    private long first;

    @Option(names = "--threads", paramLabel = "N", description = "Runs at the same time in a search (default: one per processor).")
    private @Nullable Integer threads;

    @Option(names = "--transactions", defaultValue = "200", paramLabel = "N", description = "Transactions of a run (${DEFAULT-VALUE}).")
    private int transactions;

    @Option(names = "--first-transaction", defaultValue = "0", paramLabel = "N", description = "Number of the first transaction (${DEFAULT-VALUE}).")
    private int firstTransaction;

    @Option(names = "--spread", paramLabel = "MILLIS", description = "Virtual time within which they begin (default: 300 for each).")
    private @Nullable Integer spreadMillis;

    @Option(names = "--nodes", defaultValue = "drawn", paramLabel = "drawn|alone|group", description = "One node on files of its own, a group that agrees on its log, or what the seed says (${DEFAULT-VALUE}).")
    private Topology nodes = Topology.DRAWN;

    @Option(names = "--workers", defaultValue = "drawn", paramLabel = "drawn|none|some", description = "Whether calls are made by workers, which die, stand still and are cut off like nodes: none, some, or what the seed says (${DEFAULT-VALUE}).")
    private Workers workers = Workers.DRAWN;

    @Option(names = "--without", defaultValue = "", paramLabel = "FAULTS", description = "Faults to leave out: LOSS,CRASH#0 are all lost messages and the first crash.")
    private String without = "";

    @Option(names = "--keep-going", description = "Count the seeds that break a guarantee instead of stopping at the first.")
    private boolean keepGoing;

    @Option(names = "--no-shrink", description = "Do not make a failing run smaller.")
    private boolean noShrink;

    @Override
    public Integer call() throws IOException, InterruptedException {
        SimOptions options = options();
        if (seed != null) {
            refuse("--for", duration, "--seed");
            refuse("--seeds", seeds, "--seed");
            return runOne(seed, options);
        }
        if (trace != null) {
            throw wrong("--trace needs --seed");
        }
        return search(options);
    }

    private SimOptions options() {
        requireRange("--transactions", transactions, 1, MAX_TRANSACTIONS);
        requireRange("--first-transaction", firstTransaction, 0, MAX_TRANSACTIONS);
        if (spreadMillis != null) {
            requireRange("--spread", spreadMillis, 1, MAX_SPREAD_MILLIS);
        }
        SimOptions usual = SimOptions.swarm(transactions);
        Faultless leftOut;
        try {
            leftOut = Faultless.parse(without);
        } catch (IllegalArgumentException e) {
            throw wrong("--without=" + without + ": " + e.getMessage());
        }
        return new SimOptions(firstTransaction, transactions,
                spreadMillis == null ? usual.spreadMillis() : spreadMillis, nodes, workers, leftOut, 0, false);
    }

    private int runOne(long number, SimOptions options) throws IOException {
        PrintWriter out = out();
        try {
            SimReport report = Simulation.run(number, options.withTrace());
            tell(report.story(), out);
            out.println(inWords(report));
            return CommandLine.ExitCode.OK;
        } catch (Violation violation) {
            tell(violation.story(), out);
            out.println("broken: " + violation.getMessage());
            return EXIT_BROKEN;
        } finally {
            out.flush();
        }
    }

    private void tell(List<String> story, PrintWriter out) throws IOException {
        if (trace != null) {
            Files.write(trace, story);
        } else {
            story.forEach(out::println);
        }
    }

    private static String inWords(SimReport report) {
        List<String> faults = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            int count = report.faults().get(fault.ordinal());
            if (count > 0) {
                faults.add(fault + " " + count);
            }
        }
        return String.format("""
                seed %d kept every guarantee
                  nodes         %d
                  workers       %d, given %d calls: %d handed back, %d given up
                  transactions  %d confirmed, %d cancelled, %d settled by hand
                  virtual time  %.1f s
                  processes     %d ended before the end, %d of them by their disk; the lead was taken %d times
                  log           %d entries, %d cuts, %d of them installed by others
                  calls         %d
                  faults        %d: %s""", report.seed(), report.nodes(), report.workers(),
                report.given(), report.handedBack(), report.givenUp(), report.confirmed(), report.cancelled(),
                report.settled(), report.virtualMillis() / 1_000.0, report.lives(), report.diskFailures(),
                report.elections(), report.entries(), report.cuts(), report.installed(),
                report.calls(), report.struck(),
                String.join(", ", faults));
    }

    private int search(SimOptions options) throws InterruptedException {
        if (seeds != null) {
            refuse("--for", duration, "--seeds");
            if (seeds < 1) {
                throw wrong("--seeds=" + seeds + ", allowed: 1 and more");
            }
        }
        int runners = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        requireRange("--threads", runners, 1, MAX_THREADS);
        Duration limit = duration == null ? Duration.ofMinutes(1) : parse(duration);
        long began = System.nanoTime();
        long end = seeds == null ? began + limit.toNanos() : Long.MAX_VALUE;
        SeedSearch search = new SeedSearch(options, first, seeds == null ? Long.MAX_VALUE - first : seeds,
                () -> end == Long.MAX_VALUE || System.nanoTime() - end < 0, keepGoing);
        SeedSearch.Found found = searchWithProgress(search, runners, began);
        PrintWriter out = out();
        double seconds = (System.nanoTime() - began) / 1e9;
        out.printf("%s in %.1f s: %.0f virtual hours per hour of a processor, %.1f transactions per virtual second%n",
                search.totals(), seconds, search.totals().virtualHours() * 3_600 / seconds / runners,
                search.totals().transactionsPerVirtualSecond());
        for (Fault fault : Fault.values()) {
            out.printf("  %-20s %,12d%n", fault, search.totals().of(fault));
        }
        out.println(found == null ? "no guarantee was broken" : "broken: " + found.violation().getMessage());
        if (keepGoing) {
            out.printf("broken in %d of %d seeds%s%n", search.totals().broken(), search.totals().seeds(),
                    found == null ? "" : ", the first is " + found.seed());
        }
        out.flush();
        if (found != null && !noShrink && !keepGoing) {
            shrink(found, options, out);
        }
        return found == null ? CommandLine.ExitCode.OK : EXIT_BROKEN;
    }

    private SeedSearch.@Nullable Found searchWithProgress(SeedSearch search, int runners, long began)
            throws InterruptedException {
        PrintWriter err = commandLine().getErr();
        Thread progress = Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Thread.sleep(PROGRESS_MILLIS);
                    err.printf("  %4d s: %s%n", (System.nanoTime() - began) / 1_000_000_000, search.totals());
                    err.flush();
                }
            } catch (InterruptedException e) {
                // The search is over.
            }
        });
        try {
            return search.run(runners);
        } finally {
            progress.interrupt();
            progress.join();
        }
    }

    private void shrink(SeedSearch.Found found, SimOptions options, PrintWriter out) {
        Shrinker.Shrunk shrunk = Shrinker.shrink(smaller -> Simulation.run(found.seed(), smaller),
                options, found.violation(), SHRINK_RUNS, line -> {
                    out.println("  smaller: " + line);
                    out.flush();
                });
        SimOptions small = shrunk.options();
        out.println("after " + shrunk.runs() + " runs: " + shrunk.violation().getMessage());
        out.printf(
                "repeat it with%n  ./holdfast sim --seed %d --nodes %s --workers %s --transactions %d --first-transaction %d --spread %d%s%n",
                found.seed(), small.topology().name().toLowerCase(Locale.ROOT),
                small.workers().name().toLowerCase(Locale.ROOT), small.transactions(),
                small.firstTransaction(), small.spreadMillis(),
                small.faultless().toString().isEmpty() ? "" : " --without " + small.faultless());
        out.flush();
    }

    private Duration parse(String text) {
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches()) {
            throw wrong("--for=" + text + ", allowed: a number and s, m or h, for example 10m");
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    private void refuse(String option, @Nullable Object value, String other) {
        if (value != null) {
            throw wrong(option + " and " + other + " do not go together");
        }
    }

    private void requireRange(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw wrong(option + "=" + value + ", allowed: " + min + " to " + max);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(commandLine(), message);
    }

    private PrintWriter out() {
        return commandLine().getOut();
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "picocli sets it before it runs anything").commandLine();
    }
}
