package io.holdfast.server.rest;

import com.linecorp.armeria.common.QueryParams;
import io.holdfast.api.ErrorCode;
import io.holdfast.server.nativeapi.ApiProblem;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The parameters of a query, read as strictly as a body. */
final class QueryFields {

    private final QueryParams parameters;

    /** @param repeatable those that may come more than once */
    QueryFields(QueryParams parameters, Set<String> known, Set<String> repeatable) {
        this.parameters = parameters;
        for (String name : parameters.names()) {
            if (!known.contains(name)) {
                String names = known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known));
                throw new ApiProblem(ErrorCode.INVALID, "unknown parameter " + ApiProblem.shown(name) + "; allowed: "
                        + names, names, null);
            }
            if (!repeatable.contains(name) && parameters.getAll(name).size() > 1) {
                throw ApiProblem.field(name, "given more than once", "once");
            }
        }
    }

    /** Empty if absent; what is there has at least one character. */
    String text(String name) {
        String text = parameters.get(name);
        if (text != null && text.isEmpty()) {
            throw ApiProblem.field(name, "empty", "a value, or no such parameter");
        }
        return text == null ? "" : text;
    }

    List<String> texts(String name) {
        return parameters.getAll(name);
    }

    int number(String name, int defaultValue, int least, int most) {
        String text = text(name);
        if (text.isEmpty()) {
            return defaultValue;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, in the same words as a number out of range.
        }
        throw ApiProblem.field(name, ApiProblem.shown(text), "a whole number from " + least + " to " + most);
    }

    @Nullable
    Boolean flag(String name) {
        return switch (text(name)) {
            case "" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> throw ApiProblem.field(name, ApiProblem.shown(text(name)), "true, false");
        };
    }
}
