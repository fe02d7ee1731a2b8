package io.holdfast.server.nativeapi;

import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Attributes.Label;
import io.holdfast.core.Payload;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;

/** What values may be, whichever of the two interfaces they come by. The numbers stand in docs/api.md. */
public final class Bounds {

    public static final int MAX_GID_CHARS = 128;
    public static final int MAX_REASON_CHARS = 1_024;
    public static final int MAX_ACTOR_CHARS = 128;
    public static final int MAX_PAYLOAD_BYTES = 1 << 20;
    public static final int MAX_TRY_RESULT_BYTES = 64 << 10;
    /** Gids of one heartbeat, transactions of one page or of one operator's order. */
    public static final int MAX_AT_ONCE = 1_000;
    public static final int DEFAULT_PAGE = 100;
    public static final int DEFAULT_DEADLINE_MILLIS = 30_000;
    /** 366 days. */
    public static final long MAX_DEADLINE_MILLIS = 366L * 86_400_000;
    public static final int DEFAULT_WAIT_MILLIS = 30_000;
    /** Below the bound on any request, so that a wait ends in our words. */
    public static final int MAX_WAIT_MILLIS = 40_000;
    static final int MAX_CALL_TIMEOUT_MILLIS = 3_600_000;
    static final int MAX_RETRY_MILLIS = 86_400_000;
    static final int MAX_RETRY_LIMIT = 1_000_000;

    private static final int MAX_LABELS = 16;
    private static final int MAX_LABEL_CHARS = 256;
    private static final int MAX_HEADERS = 64;
    private static final int MAX_HEADERS_CHARS = 16 << 10;
    private static final int MAX_KEY_CHARS = 128;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");
    private static final String ID_ALLOWED = "1 to 128 characters of A-Z a-z 0-9 _ . : -";
    private static final Pattern LABEL_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");
    private static final Set<String> FRAMING = Set.of("host", "content-length", "transfer-encoding", "connection",
            "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer", "upgrade",
            "expect", "http2-settings", "traceparent");

    private Bounds() {
    }

    /** An id that is made here: of a transaction or of a branch. */
    static String newId(String name, String id) {
        if (!ID.matcher(id).matches()) {
            throw ApiProblem.field(name, ApiProblem.shown(id), ID_ALLOWED);
        }
        return id;
    }

    /** The gid of a transaction that another interface may have begun, with other rules. */
    public static String knownGid(String name, String gid) {
        return text(name, gid, 1, MAX_GID_CHARS);
    }

    static String businessKey(String key) {
        return key.isEmpty() ? key : text("businessKey", key, 1, MAX_KEY_CHARS);
    }

    /** A text without control characters. */
    public static String text(String name, String text, int leastChars, int mostChars) {
        if (text.length() < leastChars || text.length() > mostChars || text.chars().anyMatch(Character::isISOControl)) {
            throw ApiProblem.field(name, ApiProblem.shown(text),
                    leastChars + " to " + mostChars + " characters, none of them a control character");
        }
        return text;
    }

    /** A text for people: line breaks may be in it. */
    public static String prose(String name, String text, int mostChars) {
        if (text.length() > mostChars) {
            throw ApiProblem.field(name, "a text of " + text.length() + " characters",
                    "at most " + mostChars + " characters");
        }
        return text;
    }

    /** A number of milliseconds, or of something else that is counted. */
    public static long number(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw ApiProblem.field(name, Long.toString(value), "a whole number from " + least + " to " + most);
        }
        return value;
    }

    static void count(String name, int count, int most) {
        if (count > most) {
            throw ApiProblem.tooLarge(name, count + " elements", "at most " + most + " elements");
        }
    }

    public static Payload payload(String name, byte[] bytes, int mostBytes) {
        if (bytes.length > mostBytes) {
            throw ApiProblem.tooLarge(name, bytes.length + " bytes", "at most " + mostBytes + " bytes");
        }
        return Payload.of(bytes);
    }

    static List<Label> labels(List<Label> labels) {
        count("labels", labels.size(), MAX_LABELS);
        for (Label label : labels) {
            if (!LABEL_NAME.matcher(label.name()).matches()) {
                throw ApiProblem.field("labels", "the name " + ApiProblem.shown(label.name()),
                        "names of 1 to 64 characters of A-Z a-z 0-9 _ . -");
            }
            text("labels." + label.name(), label.value(), 0, MAX_LABEL_CHARS);
        }
        return labels;
    }

    /** They must not be able to change how a request is framed, where it goes, or what is ours. */
    static List<Header> headers(List<Header> headers) {
        count("headers", headers.size(), MAX_HEADERS);
        for (Header header : headers) {
            String lower = header.name().toLowerCase(Locale.ROOT);
            if (!HEADER_NAME.matcher(header.name()).matches() || FRAMING.contains(lower)
                    || lower.startsWith("holdfast-") || lower.startsWith("grpc-")) {
                throw ApiProblem.field("headers", "the name " + ApiProblem.shown(header.name()),
                        "a header name of 1 to 128 token characters; not holdfast-*, grpc-* or traceparent, and none"
                                + " that frames or routes a request");
            }
            if (!HEADER_VALUE.matcher(header.value()).matches()) {
                throw ApiProblem.field("headers." + header.name(), "the value",
                        "visible ASCII characters, blanks and tabs");
            }
        }
        int chars = sum(headers, header -> header.name().length() + header.value().length());
        if (chars > MAX_HEADERS_CHARS) {
            throw ApiProblem.tooLarge("headers", chars + " characters", "at most " + MAX_HEADERS_CHARS + " characters");
        }
        return headers;
    }

    private static int sum(List<Header> headers, ToIntFunction<Header> chars) {
        return headers.stream().mapToInt(chars).sum();
    }
}
