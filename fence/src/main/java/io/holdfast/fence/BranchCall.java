package io.holdfast.fence;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One call of a branch operation, as the query parameters {@code gid}, {@code trans_type}, {@code branch_id} and {@code op}
 * name it.
 * <p>
 * Ids are checked here, because the databases would not always: a session that is not in strict mode cuts long values, and
 * collations that pad with spaces take {@code "a"} and {@code "a "} for one branch.
 *
 * @param gid
 *            the global transaction, 1 to 128 characters, no control characters, no space at either end
 * @param branchId
 *            the branch within it, by the same rules
 * @param operation
 *            what is asked for
 */
public record BranchCall(String gid, String branchId, Operation operation) {

    /** The longest gid and branch id, in UTF-16 units: that of the fence table's columns. */
    public static final int MAX_ID_CHARS = 128;

    private static final String OPERATIONS = "try, confirm, cancel (trans_type tcc), action, compensate (trans_type saga)";
    private static final Pattern HARMLESS = Pattern.compile("[a-z_]{1,32}");

    /**
     * Checks the ids.
     *
     * @throws IllegalArgumentException
     *             if one is malformed; the message says which, why and what is allowed
     */
    public BranchCall {
        checkId("gid", gid);
        checkId("branch_id", branchId);
        Objects.requireNonNull(operation, "operation");
    }

    /** The protocol that {@link #operation} belongs to. */
    public Mode mode() {
        return modeOf(operation);
    }

    /**
     * Reads the decoded query parameters of a participant call; others are ignored.
     *
     * @throws IllegalArgumentException
     *             if one is missing or malformed, or if {@code op} does not belong to {@code trans_type}; answer 400. The message
     *             repeats nothing that a coordinator could take for a result
     */
    public static BranchCall fromQuery(Map<String, String> parameters) {
        String gid = required(parameters, "gid");
        String transType = required(parameters, "trans_type");
        String branchId = required(parameters, "branch_id");
        Operation operation = operation(required(parameters, "op"));
        String expected = modeOf(operation).name().toLowerCase(Locale.ROOT);
        if (!expected.equals(transType)) {
            throw new IllegalArgumentException(
                    "query parameter trans_type" + quoted(transType) + " does not go with op \""
                            + operation.wireName() + "\"; allowed: " + OPERATIONS);
        }
        return new BranchCall(gid, branchId, operation);
    }

    /**
     * Reads the raw query of a participant call, for example {@code gid=g1&trans_type=tcc&branch_id=01&op=try}; other parameters
     * are ignored.
     *
     * @param rawQuery
     *            what follows the question mark, still percent-encoded
     * @throws IllegalArgumentException
     *             as {@link #fromQuery(Map)}, and if one of the four parameters appears twice or is not valid percent-encoding
     */
    public static BranchCall fromQuery(String rawQuery) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : rawQuery.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (isOurs(name)
                    && parameters.put(name, decoded(name, equals < 0 ? "" : pair.substring(equals + 1))) != null) {
                throw new IllegalArgumentException("query parameter " + name + " appears twice; allowed: once");
            }
        }
        return fromQuery(parameters);
    }

    private static boolean isOurs(String name) {
        return name.equals("gid") || name.equals("trans_type") || name.equals("branch_id") || name.equals("op");
    }

    private static String decoded(String name, String raw) {
        try {
            return URLDecoder.decode(raw, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "query parameter " + name + " is not valid percent-encoding; allowed: % and two hex digits", e);
        }
    }

    private static String required(Map<String, String> parameters, String name) {
        String value = parameters.get(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("query parameter " + name
                    + " is missing; a participant call has gid, trans_type, branch_id and op");
        }
        return value;
    }

    private static Operation operation(String wireName) {
        for (Operation operation : Operation.values()) {
            if (operation.wireName().equals(wireName)) {
                return operation;
            }
        }
        throw new IllegalArgumentException(
                "query parameter op" + quoted(wireName) + " is unknown; allowed: " + OPERATIONS);
    }

    private static Mode modeOf(Operation operation) {
        return switch (operation) {
            case TRY, CONFIRM, CANCEL -> Mode.TCC;
            case ACTION, COMPENSATE -> Mode.SAGA;
        };
    }

    private static void checkId(String name, String value) {
        Objects.requireNonNull(value, name);
        if (value.isEmpty() || value.length() > MAX_ID_CHARS) {
            throw new IllegalArgumentException(
                    name + " has " + value.length() + " characters; allowed: 1 to " + MAX_ID_CHARS);
        }
        if (value.charAt(0) == ' ' || value.charAt(value.length() - 1) == ' ') {
            throw new IllegalArgumentException(name + " begins or ends with a space; allowed: inside only");
        }
        value.codePoints().forEach(point -> {
            // U+FFFD is what decoders put for bytes they could not read: two different ids could become one.
            if (Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE || point == 0xFFFD) {
                throw new IllegalArgumentException(String.format(Locale.ROOT,
                        "%s contains U+%04X; allowed: no control characters and no broken Unicode",
                        name, point));
            }
        });
    }

    /** Repeats a value only where it cannot contain a result word, which is upper case on the wire. */
    private static String quoted(String value) {
        return HARMLESS.matcher(value).matches() ? " \"" + value + "\"" : "";
    }
}
