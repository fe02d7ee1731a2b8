package io.holdfast.testkit.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.oas.OpenApi30;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAPI 3.0 document as a judge: it says what is wrong with an answer. Stricter than the document, which lets answers grow:
 * a field that it does not name is an error here. Thread-safe.
 */
public final class OpenApiContract {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LOCATION = "https://holdfast.invalid/openapi.json";

    private final JsonNode document;
    private final JsonSchemaFactory schemas;
    private final Map<String, JsonSchema> compiled = new ConcurrentHashMap<>();
    private final Map<Pattern, String> paths = new ConcurrentHashMap<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    public OpenApiContract(String openApi) {
        document = parse(openApi);
        closeObjects(document.path("components").path("schemas"));
        // The schemas are parts of a document that is none itself; its other parts are not to be wondered at.
        JsonMetaSchema dialect = JsonMetaSchema.builder(OpenApi30.getInstance())
                .keywords(Stream.of("openapi", "info", "servers", "security", "tags", "paths", "components")
                        .map(NonValidationKeyword::new).toList())
                .build();
        schemas = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4, builder -> builder
                .metaSchema(dialect).defaultMetaSchemaIri(dialect.getIri())
                .schemaLoaders(loaders -> loaders.schemas(Map.of(LOCATION, document.toString()))));
        document.path("paths").fieldNames().forEachRemaining(path -> paths
                .put(Pattern.compile(path.replaceAll("\\{[^}]+}", "[^/]+")), path));
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + text, e);
        }
    }

    /** Whatever an object may have is named, unless its names are the caller's. */
    private static void closeObjects(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("properties").isObject()
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        node.forEach(OpenApiContract::closeObjects);
    }

    /** Every operation that the document names, as {@code GET /path}. */
    public Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.path("paths").properties().forEach(path -> path.getValue().fieldNames()
                .forEachRemaining(method -> operations.add(method.toUpperCase(Locale.ROOT) + " "
                        + path.getKey())));
        return operations;
    }

    /** The operations that answers were held against so far. */
    public Set<String> seen() {
        return new TreeSet<>(seen);
    }

    /** The names of the fields of a schema. */
    public Set<String> fields(String schema) {
        Set<String> names = new TreeSet<>();
        document.at("/components/schemas/" + schema + "/properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /**
     * What is wrong with an answer.
     *
     * @param path        as it was asked for, without its query
     * @param contentType of the answer; empty if it has none
     * @return sentences; empty if all is well, or if the document does not know the path at all
     */
    public List<String> problems(String method, String path, int status, String contentType, String body) {
        String known = path(path);
        if (known == null) {
            return List.of();
        }
        JsonNode operation = document.path("paths").path(known).get(method.toLowerCase(Locale.ROOT));
        if (operation == null) {
            return List.of();
        }
        seen.add(method + " " + known);
        JsonNode responses = operation.path("responses");
        String key = responses.has(Integer.toString(status)) ? Integer.toString(status) : "default";
        if (!responses.has(key) || key.equals("default") && status < 400) {
            return List.of(method + " " + known + " answers " + status + ", which the document does not name");
        }
        String pointer = "/paths/" + known.replace("/", "~1") + "/" + method.toLowerCase(Locale.ROOT)
                + "/responses/" + key;
        JsonNode response = document.at(pointer);
        if (response.has("$ref")) {
            pointer = response.get("$ref").textValue().substring(1);
            response = document.at(pointer);
        }
        return problems(pointer + "/content", response.path("content"), contentType, body);
    }

    private List<String> problems(String pointer, JsonNode content, String contentType, String body) {
        String type = contentType.replaceAll(";.*", "").strip();
        if (!content.has(type)) {
            return List.of("the content type is \"" + type + "\", the document names " + content.properties());
        }
        if (!type.equals("application/json")) {
            return List.of();
        }
        JsonSchema schema = compiled.computeIfAbsent(pointer + "/" + type.replace("/", "~1") + "/schema", this::schema);
        List<String> problems = new ArrayList<>();
        for (ValidationMessage message : schema.validate(parse(body))) {
            problems.add(message.getMessage());
        }
        return problems;
    }

    private JsonSchema schema(String pointer) {
        return schemas.getSchema(SchemaLocation.of(LOCATION + "#" + pointer),
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
    }

    private @Nullable String path(String path) {
        return paths.entrySet().stream().filter(entry -> entry.getKey().matcher(path).matches())
                .map(Map.Entry::getValue).findAny().orElse(null);
    }
}
