package io.holdfast.tests.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.holdfast.server.http.Answers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the repository has for Prometheus and Grafana. */
final class MonitoringFiles {

    static final Path ROOT = Path.of(System.getProperty("holdfast.root", "..")).toAbsolutePath().normalize();
    static final Path PROMETHEUS = ROOT.resolve("ops/prometheus");
    static final Path RULES = PROMETHEUS.resolve("holdfast-alerts.yml");
    static final Path RULES_TEST = PROMETHEUS.resolve("holdfast-alerts-test.yml");
    static final Path DASHBOARD = ROOT.resolve("ops/grafana/holdfast.json");

    private static final Pattern METRIC = Pattern.compile("\\b(?:holdfast|process|jvm|system|armeria)_[a-z0-9_]+");

    private MonitoringFiles() {
    }

    /** Every alarm with its fields. */
    static List<JsonNode> alarms() throws IOException {
        List<JsonNode> alarms = new ArrayList<>();
        new YAMLMapper().readTree(RULES.toFile()).path("groups")
                .forEach(group -> group.path("rules").forEach(alarms::add));
        return alarms;
    }

    /** Every expression of the dashboard. */
    static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        dashboard().path("panels").forEach(panel -> panel.path("targets")
                .forEach(target -> queries.add(target.path("expr").asText())));
        return queries;
    }

    static JsonNode dashboard() throws IOException {
        return Answers.JSON.readTree(Files.readString(DASHBOARD));
    }

    /** The metrics that an expression names. */
    static Set<String> metrics(String expression) {
        return METRIC.matcher(expression).results().map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
