package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.testkit.component.Components;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The alarms ring when they should and not when they should not, and each says what it means and what to do. */
class AlarmRulesTest {

    private static final Path PAGE = MonitoringFiles.ROOT.resolve("docs/on-call.md");
    private static final String HOW_TO_GET = "run scripts/components.sh";

    @Test
    void prometheusUnderstandsTheRules() throws Exception {
        assertThat(promtool("check", "rules", MonitoringFiles.RULES.toString())).contains("SUCCESS");
    }

    @Test
    void eachAlarmIsSilentWhileAllIsWellAndRingsAfterwards() throws Exception {
        assertThat(promtool("test", "rules", MonitoringFiles.RULES_TEST.toString())).contains("SUCCESS");
    }

    @Test
    void eachAlarmIsTestedBothWays() throws Exception {
        String test = Files.readString(MonitoringFiles.RULES_TEST);
        for (JsonNode alarm : MonitoringFiles.alarms()) {
            String firing = Pattern.quote("count(ALERTS{alertstate=\"firing\",alertname=\""
                    + alarm.path("alert").asText() + "\"})");
            assertThat(test).as("%s is silent in one test", alarm.path("alert"))
                    .containsPattern(firing + "'\\s+eval_time: \\d+m\\s+exp_samples: \\[]");
            assertThat(test).as("%s rings in one test", alarm.path("alert"))
                    .containsPattern(firing + "'\\s+eval_time: \\d+m\\s+exp_samples:\\s+- labels");
        }
    }

    @Test
    void eachAlarmSaysWhatItMeansAndWhatToDo() throws Exception {
        String page = Files.readString(PAGE);
        Set<String> names = new HashSet<>();
        for (JsonNode alarm : MonitoringFiles.alarms()) {
            String name = alarm.path("alert").asText();
            assertThat(names.add(name)).as("%s is there once", name).isTrue();
            JsonNode annotations = alarm.path("annotations");
            for (String annotation : List.of("summary", "meaning", "action")) {
                assertThat(annotations.path(annotation).asText()).as("%s of %s", annotation, name).isNotBlank();
            }
            assertThat(alarm.path("labels").path("severity").asText()).isIn("critical", "warning");
            assertThat(annotations.path("runbook").asText())
                    .isEqualTo("docs/on-call.md#" + name.toLowerCase(Locale.ROOT));
            assertThat(page).as("the page has a heading for %s", name).contains("\n### " + name + "\n");
        }
        assertThat(names).hasSizeGreaterThan(12);
    }

    @Test
    void theDashboardIsWhole() throws Exception {
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : MonitoringFiles.dashboard().path("panels")) {
            assertThat(ids.add(panel.path("id").asInt())).as("%s has an id of its own", panel.path("title")).isTrue();
            assertThat(panel.path("type").asText().equals("row") || !panel.path("targets").isEmpty()).isTrue();
        }
        assertThat(MonitoringFiles.queries()).hasSizeGreaterThan(20).allMatch(query -> !query.isBlank());
    }

    private static String promtool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Components.required(HOW_TO_GET, "promtool").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("promtool said %s", said).isZero();
        return said;
    }
}
