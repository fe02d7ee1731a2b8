package io.holdfast.tests.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a unit of systemd says, as {@code [Section]Key}. Immutable. */
final class SystemdUnit {

    private final Map<String, String> settings = new LinkedHashMap<>();

    SystemdUnit(String text) {
        String section = "";
        for (String line : text.replaceAll("\\\\\n\\s*", "").lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("[")) {
                section = line;
                continue;
            }
            int equals = line.indexOf('=');
            assertThat(equals).as("a setting: %s", line).isPositive();
            assertThat(settings.put(section + line.substring(0, equals), line.substring(equals + 1)))
                    .as("given once: %s", line).isNull();
        }
    }

    List<String> keys() {
        return new ArrayList<>(settings.keySet());
    }

    String service(String key) {
        return settings.getOrDefault("[Service]" + key, "");
    }
}
