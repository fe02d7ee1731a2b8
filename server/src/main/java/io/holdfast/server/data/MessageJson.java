package io.holdfast.server.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;

/**
 * Protobuf's own mapping to JSON, so that its parsers read it too: names in camel case, enums by name, bytes in base64, what has
 * its default left out. Integers are numbers as long as every reader of JSON can hold them, else text.
 */
final class MessageJson {

    private static final long MOST_EXACT = 1L << 53;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private MessageJson() {
    }

    static ObjectNode of(Message message) {
        ObjectNode to = NODES.objectNode();
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            to.set(field.getKey().getJsonName(), field(field.getKey(), field.getValue()));
        }
        return to;
    }

    private static JsonNode field(FieldDescriptor field, Object value) {
        if (!field.isRepeated()) {
            return single(field, value);
        }
        ArrayNode all = NODES.arrayNode();
        ((List<?>) value).forEach(one -> all.add(single(field, one)));
        return all;
    }

    private static JsonNode single(FieldDescriptor field, Object value) {
        return switch (value) {
            case Message message -> of(message);
            case EnumValueDescriptor constant -> NODES.textNode(constant.getName());
            case ByteString bytes -> NODES.binaryNode(bytes.toByteArray());
            case Boolean flag -> NODES.booleanNode(flag);
            case Long number -> isUnsigned(field) || number < -MOST_EXACT || number > MOST_EXACT
                    ? NODES.textNode(isUnsigned(field) ? Long.toUnsignedString(number) : number.toString())
                    : NODES.numberNode(number);
            case Integer number -> isUnsigned(field)
                    ? NODES.numberNode(Integer.toUnsignedLong(number))
                    : NODES.numberNode(number);
            default -> NODES.textNode(value.toString());
        };
    }

    private static boolean isUnsigned(FieldDescriptor field) {
        return switch (field.getType()) {
            case FIXED32, FIXED64, UINT32, UINT64 -> true;
            default -> false;
        };
    }
}
