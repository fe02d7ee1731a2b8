package io.holdfast.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads a YAML file into settings. */
final class ConfigFile {

    private static final ObjectMapper YAML = new ObjectMapper(
            YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

    /** A configuration is typed by a person; anything larger is another file. */
    private static final int MAX_BYTES = 1 << 20;

    private ConfigFile() {
    }

    static Map<Setting, List<String>> read(Path file) {
        Map<Setting, List<String>> settings = new EnumMap<>(Setting.class);
        JsonNode root = parse(file);
        if (root.isMissingNode() || root.isNull()) {
            return settings;
        }
        if (!root.isObject()) {
            throw new ConfigException(file + ": the file must be a map of keys to values");
        }
        try {
            flatten("", root, settings);
        } catch (ConfigException e) {
            throw new ConfigException(file + ": " + e.getMessage());
        }
        return settings;
    }

    private static JsonNode parse(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ConfigException(file + " is larger than " + MAX_BYTES + " bytes");
            }
            return YAML.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new ConfigException(file + " is not valid YAML: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new ConfigException(file + " cannot be read: " + e);
        }
    }

    private static void flatten(String prefix, JsonNode node, Map<Setting, List<String>> settings) {
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            String key = prefix + property.getKey();
            JsonNode value = property.getValue();
            if (value.isObject()) {
                flatten(key + ".", value, settings);
            } else {
                settings.put(Setting.of(key), values(key, value));
            }
        }
    }

    private static List<String> values(String key, JsonNode value) {
        if (!value.isArray()) {
            return List.of(value.asText());
        }
        List<String> values = new ArrayList<>(value.size());
        for (JsonNode element : value) {
            if (!element.isValueNode()) {
                throw ConfigException.of(key, "a nested list or map", "a list of plain values");
            }
            values.add(element.asText());
        }
        return values;
    }
}
