package io.holdfast.bench.measure;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The rows, for people and for programs. */
public final class ResultTable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROW = "%-16s %14s %14s %7s   %-24s %s%n";

    private ResultTable() {
    }

    /** Each row with what it means and under which conditions it was taken. */
    public static void print(List<BenchResult> results, PrintWriter out) {
        out.println();
        out.printf(ROW, "", "floor", "holdfast", "ratio", "goal", "");
        for (BenchResult result : results) {
            Goal goal = result.goal();
            out.printf(Locale.ROOT, ROW, result.name(), result.floor().shown(), result.product().shown(),
                    String.format(Locale.ROOT, "%.2f", result.ratio()), goal == null ? "-" : goal.text(),
                    goal == null ? "" : goal.reached() ? "reached" : "NOT reached");
            out.println("    floor     " + result.floor().what());
            out.println("    holdfast  " + result.product().what());
            if (!result.details().isEmpty()) {
                out.println("    " + result.details().entrySet().stream().map(ResultTable::shown)
                        .collect(Collectors.joining(", ")));
            }
            Conditions under = result.conditions();
            out.printf(Locale.ROOT, "    disk sync p50 %.0f us, p99 %.0f us; load %.2f before, %.2f after%n",
                    under.sync().p50Micros(), under.sync().p99Micros(), under.loadStart(), under.loadEnd());
        }
        out.println();
        out.println(
                "The floor is what this machine gives without Holdfast, measured in the same run; ratio is holdfast to floor."
                        + " Percentiles are of one call of holdfast; cpu_us is the processor time of all processes per operation.");
        out.flush();
    }

    private static String shown(Map.Entry<String, Object> detail) {
        String name = detail.getKey();
        if (detail.getValue() instanceof Double number) {
            String digits = Math.abs(number) >= 100 ? "%,.0f" : Math.abs(number) >= 2 ? "%,.1f" : "%.2f";
            return name + " " + String.format(Locale.ROOT, digits, number);
        }
        return name + " " + detail.getValue();
    }

    /** For a page: what was taken when, and under which conditions. */
    public static String markdown(List<BenchResult> results) {
        StringBuilder text = new StringBuilder();
        if (!results.isEmpty()) {
            Machine machine = results.getFirst().conditions().machine();
            text.append(
                    String.format(Locale.ROOT, "Taken on %s: %d processors, %,d MiB, %s, Java %s.%n%n", LocalDate.now(),
                            machine.processors(), machine.memoryBytes() >> 20, machine.fileSystem(), machine.java()));
        }
        text.append("| | floor | Holdfast | ratio | goal | p50 us | p99 us | CPU us | sync p50/p99 us | load |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|\n");
        for (BenchResult result : results) {
            Goal goal = result.goal();
            Conditions under = result.conditions();
            text.append(String.format(Locale.ROOT,
                    "| `%s` | %s | %s | %.2f | %s | %s | %s | %s | %.0f / %.0f | %.1f to %.1f |%n", result.name(),
                    result.floor().shown(), result.product().shown(), result.ratio(),
                    goal == null ? "" : goal.text() + (goal.reached() ? ": yes" : ": **no**"), cell(result, "p50_us"),
                    cell(result, "p99_us"), cell(result, "cpu_us"), under.sync().p50Micros(), under.sync().p99Micros(),
                    under.loadStart(), under.loadEnd()));
        }
        return text.toString();
    }

    private static String cell(BenchResult result, String key) {
        return result.details().get(key) instanceof Double number
                ? String.format(Locale.ROOT, Math.abs(number) >= 100 ? "%,.0f" : "%,.1f", number)
                : "";
    }

    /** An array with one row a line. */
    public static void write(List<BenchResult> results, Path file) throws IOException {
        StringBuilder text = new StringBuilder("[\n");
        for (int i = 0; i < results.size(); i++) {
            text.append(JSON.writeValueAsString(results.get(i).json())).append(i + 1 < results.size() ? ",\n" : "\n");
        }
        Files.writeString(file, text.append("]\n"));
    }
}
