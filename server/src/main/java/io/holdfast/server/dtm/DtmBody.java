package io.holdfast.server.dtm;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.ErrorCode;
import io.holdfast.server.http.Answers;
import io.holdfast.server.http.StrictUtf8;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object read the way dtm reads it: keys in any case, the last of several equal ones wins, unknown ones are ignored,
 * null means absent. What it does not bear are values of the wrong type or out of range.
 */
final class DtmBody {

    private final String where;
    private final Map<String, JsonNode> fields = new HashMap<>();

    /** @param where names the object in error messages: empty for the body itself, else a path that ends with a dot */
    DtmBody(String where, JsonNode object) {
        this.where = where;
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            fields.put(property.getKey().toLowerCase(Locale.ROOT), property.getValue());
        }
    }

    static DtmBody parse(byte[] bytes) throws DtmProblem {
        return parse("the body", "", bytes);
    }

    /** Reads an object that came as text inside of another, for example {@code custom_data}. */
    static DtmBody parse(String what, String where, byte[] bytes) throws DtmProblem {
        JsonNode node;
        try {
            node = Answers.JSON.readTree(StrictUtf8.reader(bytes));
        } catch (CharacterCodingException e) {
            throw malformed(what + " is not valid UTF-8");
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw malformed(what + " is not valid JSON"
                    + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()) + ": "
                    + e.getOriginalMessage().replaceFirst(" \\(start marker at .*", ""));
        } catch (IOException e) {
            throw malformed(what + " is not valid JSON: " + e.getMessage());
        }
        if (node == null || !node.isObject()) {
            throw malformed(what + " is not a JSON object but "
                    + (node == null || node.isMissingNode() ? "empty" : typeOf(node)));
        }
        return new DtmBody(where, node);
    }

    private static DtmProblem malformed(String message) {
        return new DtmProblem(ErrorCode.INVALID, message, "a JSON object");
    }

    /** The node of a field; null if it is absent or null. */
    @Nullable
    JsonNode node(String name) {
        JsonNode node = fields.get(name);
        return node == null || node.isNull() ? null : node;
    }

    /** A text of at most {@code maxChars}; empty if absent. */
    String text(String name, int maxChars) throws DtmProblem {
        String text = anyText(name);
        if (text.length() > maxChars) {
            throw DtmProblem.field(where + name, "a text of " + text.length() + " characters",
                    "at most " + maxChars + " characters");
        }
        return text;
    }

    /** A text of any length; empty if absent. */
    String anyText(String name) throws DtmProblem {
        JsonNode node = node(name);
        return node == null ? "" : text(where + name, node);
    }

    static String text(String name, JsonNode node) throws DtmProblem {
        if (!node.isTextual()) {
            throw DtmProblem.field(name, typeOf(node), "a string");
        }
        String text = node.textValue();
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                boolean pair = Character.isHighSurrogate(text.charAt(i)) && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw DtmProblem.field(name, "half of a surrogate pair", "well-formed Unicode");
                }
                i++;
            }
        }
        return text;
    }

    /** A whole number of seconds; {@code defaultValue} if absent or 0. */
    int seconds(String name, int defaultValue, int most) throws DtmProblem {
        int value = count(name, most);
        return value == 0 ? defaultValue : value;
    }

    /** A whole number from 0 to {@code most}; 0 if absent. */
    int count(String name, int most) throws DtmProblem {
        JsonNode node = node(name);
        if (node == null) {
            return 0;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0 || node.intValue() > most) {
            throw DtmProblem.field(where + name, node.isValueNode() ? node.asText() : typeOf(node),
                    "a whole number from 0 to " + most);
        }
        return node.intValue();
    }

    boolean flag(String name) throws DtmProblem {
        JsonNode node = node(name);
        if (node != null && !node.isBoolean()) {
            throw DtmProblem.field(where + name, typeOf(node), "true or false");
        }
        return node != null && node.booleanValue();
    }

    /** The elements of a list; empty if absent. */
    List<JsonNode> list(String name, int mostElements) throws DtmProblem {
        JsonNode node = node(name);
        if (node == null) {
            return List.of();
        }
        if (!node.isArray()) {
            throw DtmProblem.field(where + name, typeOf(node), "a list");
        }
        if (node.size() > mostElements) {
            throw new DtmProblem(ErrorCode.TOO_LARGE, "field " + where + name + " has " + node.size()
                    + " elements; allowed: at most " + mostElements, "at most " + mostElements + " elements");
        }
        return StreamSupport.stream(node.spliterator(), false).toList();
    }

    /** The entries of an object, keys as they are; empty if absent. */
    List<Map.Entry<String, JsonNode>> entries(String name) throws DtmProblem {
        JsonNode node = node(name);
        if (node == null) {
            return List.of();
        }
        if (!node.isObject()) {
            throw DtmProblem.field(where + name, typeOf(node), "an object");
        }
        return List.copyOf(node.properties());
    }

    /** dtm reads some requests as a flat map of strings, and refuses any other value in them. */
    void requireOnlyTexts() throws DtmProblem {
        for (Map.Entry<String, JsonNode> field : fields.entrySet()) {
            if (!field.getValue().isNull() && !field.getValue().isTextual()) {
                throw DtmProblem.field(where + field.getKey(), typeOf(field.getValue()), "a string");
            }
        }
    }

    static String typeOf(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT, POJO -> "an object";
            case STRING, BINARY -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case NULL, MISSING -> "null";
        };
    }
}
