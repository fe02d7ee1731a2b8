package io.holdfast.examples.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.examples.judge.Findings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** The result of a run as {@code report.json} and as text. */
final class Report {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double MICROS_PER_MILLI = 1000;
    private static final double MEDIAN = 50;
    private static final double TAIL = 99;

    private final RunResult result;
    private final List<String> failures;

    Report(RunResult result) {
        this.result = result;
        this.failures = result.failures();
    }

    boolean isOk() {
        return failures.isEmpty();
    }

    /** Replaces the file in one step, so that nobody reads half a report. */
    void write(Path file) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(unfinished, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json()) + "\n");
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    ObjectNode json() {
        ObjectNode report = JSON.createObjectNode();
        report.put("seed", result.settings().seed()).put("seconds", result.settings().seconds());
        report.set("orders", JSON.valueToTree(result.findings().orders()));
        report.set("safety", JSON.valueToTree(result.findings().safety()));
        ObjectNode latency = report.putObject("latencyMs");
        latency.set("tcc", latency(result.tally().latencyMicros(true)));
        latency.set("saga", latency(result.tally().latencyMicros(false)));
        var faults = report.putArray("faults");
        result.faults().forEach((kind, count) -> faults.addObject().put("kind", kind.wireName())
                .put("injected", count.injected()).put("hits", count.hits()));
        ObjectNode coordinator = report.putObject("coordinator").put("kills", result.unfinishedAtKills().size());
        coordinator.set("recoveryMs", JSON.valueToTree(result.recoveriesMillis()));
        coordinator.set("unfinishedAtKill", JSON.valueToTree(result.unfinishedAtKills()));
        ObjectNode details = JSON.valueToTree(result.findings().details());
        details.put("gatewayKills", result.gatewayKills());
        details.put("nodes", result.settings().nodes()).put("workers", result.settings().workers()).put("workerKills",
                result.workerKills());
        details.put("unfinishedAtEnd", result.unfinishedAtEnd());
        details.set("effects", JSON.valueToTree(result.findings().effects()));
        details.set("failures", JSON.valueToTree(failures));
        report.set("details", details);
        return report.put("verdict", isOk() ? "ok" : "failed");
    }

    void print(PrintWriter out) {
        Findings.Orders orders = result.findings().orders();
        Findings.Safety safety = result.findings().safety();
        long rejected = orders.rejectedByReason().values().stream().mapToLong(Long::longValue).sum();
        line(out, "");
        line(out, "orders   placed %d, confirmed %d, rejected %d %s, unknown at first %d, of these found out %d",
                orders.placed(), orders.confirmed(), rejected, orders.rejectedByReason(), orders.unknown(),
                orders.unknownResolved());
        line(out, "safety   lost %d, duplicated %d, phantom %d, oversold %d, money drift %d cent, frozen left %d cent,"
                + " reservations left %d, mixed decisions %d", safety.lost(), safety.duplicated(), safety.phantom(),
                safety.oversold(), safety.moneyDriftCent(), safety.frozenLeftCent(), safety.reservationsLeft(),
                safety.mixedDecisions());
        result.findings().effects().forEach((service, effects) -> line(out, "effects  %-7s%s", service, effects));
        printLatency(out, "tcc", result.tally().latencyMicros(true));
        printLatency(out, "saga", result.tally().latencyMicros(false));
        result.faults().forEach((kind, count) -> line(out, "fault    %-24s injected %5d, struck %5d", kind.wireName(),
                count.injected(), count.hits()));
        line(out,
                "kills    coordinator %d, with %s transactions unfinished, recovered after %s ms; gateway %d, workers %d",
                result.unfinishedAtKills().size(), result.unfinishedAtKills(), result.recoveriesMillis(),
                result.gatewayKills(), result.workerKills());
        failures.forEach(failure -> line(out, "FAILED   %s", failure));
        line(out, "verdict  %s (seed %d)", isOk() ? "ok" : "failed", result.settings().seed());
        out.flush();
    }

    private static ObjectNode latency(Histogram micros) {
        return JSON.createObjectNode().put("count", micros.getTotalCount())
                .put("p50", micros.getValueAtPercentile(MEDIAN) / MICROS_PER_MILLI)
                .put("p99", micros.getValueAtPercentile(TAIL) / MICROS_PER_MILLI)
                .put("max", micros.getMaxValue() / MICROS_PER_MILLI);
    }

    private static void printLatency(PrintWriter out, String mode, Histogram micros) {
        line(out, "latency  %-4s p50 %.1f ms, p99 %.1f ms, max %.1f ms over %d orders, faults and kills included", mode,
                micros.getValueAtPercentile(MEDIAN) / MICROS_PER_MILLI,
                micros.getValueAtPercentile(TAIL) / MICROS_PER_MILLI, micros.getMaxValue() / MICROS_PER_MILLI,
                micros.getTotalCount());
    }

    private static void line(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
