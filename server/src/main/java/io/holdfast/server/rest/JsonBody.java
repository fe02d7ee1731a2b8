package io.holdfast.server.rest;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.holdfast.api.ErrorCode;
import io.holdfast.server.http.Answers;
import io.holdfast.server.http.StrictUtf8;
import io.holdfast.server.nativeapi.ApiProblem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object read strictly: a key that comes twice, a field that is not known and a value of another type are refused by
 * name. Null is a value like any other, so it is refused wherever it is not allowed: what is not meant is left out.
 */
final class JsonBody {

    /** Keeps numbers as they were written, because payloads are passed on. */
    private static final JsonMapper STRICT = Answers.JSON.rebuild()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();

    private final String where;
    private final JsonNode object;

    private JsonBody(String where, JsonNode object, Set<String> known) {
        this.where = where;
        this.object = object;
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            if (!known.contains(property.getKey())) {
                String names = String.join(", ", new TreeSet<>(known));
                throw new ApiProblem(ErrorCode.INVALID, "unknown field " + ApiProblem.shown(where + property.getKey())
                        + "; allowed: " + names, names, null);
            }
        }
    }

    static JsonBody parse(byte[] bytes, Set<String> known) {
        JsonNode node;
        try {
            node = STRICT.readTree(StrictUtf8.reader(bytes));
        } catch (CharacterCodingException e) {
            throw malformed("the body is not valid UTF-8");
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw malformed("the body is not valid JSON"
                    + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()) + ": "
                    + ApiProblem.shown(e.getOriginalMessage().replaceFirst(" \\(start marker at .*", "")));
        } catch (IOException e) {
            throw malformed("the body is not valid JSON: " + e.getMessage());
        }
        if (node == null || !node.isObject()) {
            throw malformed("the body is not a JSON object but "
                    + (node == null || node.isMissingNode() ? "empty" : typeOf(node)));
        }
        return new JsonBody("", node, known);
    }

    private static ApiProblem malformed(String message) {
        return new ApiProblem(ErrorCode.INVALID, message, "a JSON object", null);
    }

    boolean has(String name) {
        return object.has(name);
    }

    /** A text; empty if absent. */
    String text(String name) {
        JsonNode node = object.get(name);
        return node == null ? "" : text(where + name, node);
    }

    private static String text(String name, JsonNode node) {
        if (!node.isTextual()) {
            throw ApiProblem.field(name, typeOf(node), "a string");
        }
        String text = node.textValue();
        if (!text.isEmpty() && hasHalfOfAPair(text)) {
            throw ApiProblem.field(name, "a text with half of a surrogate pair", "well-formed Unicode");
        }
        return text;
    }

    private static boolean hasHalfOfAPair(String text) {
        return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** One of the names of an enumeration, as this interface spells them; null if absent. */
    <E extends Enum<E>> @Nullable E oneOf(String name, Class<E> type, boolean lowerCase) {
        JsonNode node = object.get(name);
        return node == null ? null : Names.parse(where + name, text(where + name, node), type, lowerCase);
    }

    /** A whole number; null if absent. Anything from 2^53 on is refused: not every reader of JSON can hold it. */
    @Nullable
    Long number(String name, long least, long most) {
        JsonNode node = object.get(name);
        if (node == null) {
            return null;
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < least
                || node.longValue() > most) {
            throw ApiProblem.field(where + name, node.isNumber() ? ApiProblem.shown(node.asText()) : typeOf(node),
                    "a whole number from " + least + " to " + most);
        }
        return node.longValue();
    }

    @Nullable
    Integer integer(String name, int least, int most) {
        Long number = number(name, least, most);
        return number == null ? null : number.intValue();
    }

    @Nullable
    Boolean flag(String name) {
        JsonNode node = object.get(name);
        if (node != null && !node.isBoolean()) {
            throw ApiProblem.field(where + name, typeOf(node), "true or false");
        }
        return node == null ? null : node.booleanValue();
    }

    /** The object in a field; null if absent. */
    @Nullable
    JsonBody object(String name, Set<String> known) {
        JsonNode node = object.get(name);
        return node == null ? null : object(where + name, node, known);
    }

    private static JsonBody object(String name, JsonNode node, Set<String> known) {
        if (!node.isObject()) {
            throw ApiProblem.field(name, typeOf(node), "an object");
        }
        return new JsonBody(name + ".", node, known);
    }

    /** The objects in a list; empty if absent. */
    List<JsonBody> objects(String name, Set<String> known) {
        List<JsonNode> elements = list(name);
        return IntStream.range(0, elements.size())
                .mapToObj(i -> object(where + name + "[" + i + "]", elements.get(i), known)).toList();
    }

    /** The texts in a list; empty if absent. */
    List<String> texts(String name) {
        List<JsonNode> elements = list(name);
        return IntStream.range(0, elements.size())
                .mapToObj(i -> text(where + name + "[" + i + "]", elements.get(i))).toList();
    }

    private List<JsonNode> list(String name) {
        JsonNode node = object.get(name);
        if (node == null) {
            return List.of();
        }
        if (!node.isArray()) {
            throw ApiProblem.field(where + name, typeOf(node), "a list");
        }
        return StreamSupport.stream(node.spliterator(), false).toList();
    }

    /** The entries of an object whose names are the caller's; empty if absent. */
    List<Map.Entry<String, JsonNode>> entries(String name) {
        JsonNode node = object.get(name);
        if (node == null) {
            return List.of();
        }
        if (!node.isObject()) {
            throw ApiProblem.field(where + name, typeOf(node), "an object");
        }
        return List.copyOf(node.properties());
    }

    /** The text of an entry. */
    String textOf(String name, Map.Entry<String, JsonNode> entry) {
        return text(where + name + "." + ApiProblem.shown(entry.getKey()), entry.getValue());
    }

    /** What is passed on to participants: the JSON text of a value; no bytes if absent. */
    byte[] bytes(String name) {
        JsonNode node = object.get(name);
        return node == null ? new byte[0] : bytes(where + name, node);
    }

    static byte[] bytes(String name, JsonNode node) {
        try {
            return STRICT.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw ApiProblem.field(name, "a value that cannot be passed on", "a JSON value");
        }
    }

    private static String typeOf(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT, POJO -> "an object";
            case STRING, BINARY -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case NULL, MISSING -> "null";
        };
    }

    /** How this interface spells enumerations. */
    static final class Names {

        private Names() {
        }

        static String of(Enum<?> value) {
            return value.name().toLowerCase(Locale.ROOT);
        }

        static <E extends Enum<E>> E parse(String name, String text, Class<E> type, boolean lowerCase) {
            for (E constant : type.getEnumConstants()) {
                if (text.equals(lowerCase ? of(constant) : constant.name())) {
                    return constant;
                }
            }
            StringBuilder allowed = new StringBuilder();
            for (E constant : type.getEnumConstants()) {
                allowed.append(allowed.isEmpty() ? "" : ", ").append(lowerCase ? of(constant) : constant.name());
            }
            throw ApiProblem.field(name, ApiProblem.shown(text), allowed.toString());
        }
    }
}
