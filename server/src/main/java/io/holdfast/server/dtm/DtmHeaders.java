package io.holdfast.server.dtm;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.ErrorCode;
import io.holdfast.core.Attributes.Header;
import io.holdfast.server.trace.Traceparent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code branch_headers}: headers of the caller's choice for the calls to participants. They must not be able to change how
 * the request is framed, where it goes, or what is ours.
 */
record DtmHeaders(List<Header> headers, @Nullable String traceparent) {

    private static final int MAX_HEADERS = 64;
    private static final int MAX_NAME_CHARS = 128;
    private static final int MAX_TOTAL_CHARS = 16 << 10;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1," + MAX_NAME_CHARS + "}");
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");
    private static final Set<String> FORBIDDEN = Set.of("host", "content-length", "transfer-encoding", "connection",
            "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer", "upgrade",
            "expect", "http2-settings");

    static DtmHeaders of(DtmBody body) throws DtmProblem {
        List<Map.Entry<String, JsonNode>> entries = body.entries("branch_headers");
        if (entries.size() > MAX_HEADERS) {
            throw tooLarge(entries.size() + " headers", "at most " + MAX_HEADERS + " headers");
        }
        List<Header> headers = new ArrayList<>(entries.size());
        String traceparent = null;
        int totalChars = 0;
        for (Map.Entry<String, JsonNode> entry : entries) {
            String name = entry.getKey();
            String value = entry.getValue().isNull() ? "" : DtmBody.text("branch_headers." + name, entry.getValue());
            check(name, value);
            totalChars += name.length() + value.length();
            if (name.equalsIgnoreCase(Traceparent.HEADER)) {
                traceparent = value;
            } else {
                headers.add(new Header(name, value));
            }
        }
        if (totalChars > MAX_TOTAL_CHARS) {
            throw tooLarge(totalChars + " characters", "at most " + MAX_TOTAL_CHARS + " characters");
        }
        return new DtmHeaders(headers, traceparent);
    }

    private static void check(String name, String value) throws DtmProblem {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!NAME.matcher(name).matches() || FORBIDDEN.contains(lower) || lower.startsWith("holdfast-")) {
            throw DtmProblem.field("branch_headers", "the name \"" + name + "\"", "a header name of 1 to "
                    + MAX_NAME_CHARS + " token characters; not holdfast-*, and none that frames or routes a request");
        }
        if (!VALUE.matcher(value).matches()) {
            throw DtmProblem.field("branch_headers." + name, "the value",
                    "visible ASCII characters, blanks and tabs");
        }
    }

    private static DtmProblem tooLarge(String given, String allowed) {
        return new DtmProblem(ErrorCode.TOO_LARGE, "field branch_headers has " + given + "; allowed: " + allowed,
                allowed);
    }
}
