package io.holdfast.server.trace;

import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A W3C trace context (https://www.w3.org/TR/trace-context/), version 00. Immutable and valid: what comes from outside and is
 * not well-formed never becomes one, so it is neither passed on nor logged.
 *
 * @param traceId 32 lower-case hex digits, not all zero
 * @param spanId  16 lower-case hex digits, not all zero
 * @param flags   2 lower-case hex digits
 */
public record Traceparent(String traceId, String spanId, String flags) {

    /** Names the request header of W3C. */
    public static final String HEADER = "traceparent";
    /** Names the older request header that carries a bare trace id. */
    public static final String TRACE_ID_HEADER = "x-trace-id";

    private static final int LENGTH = 55;
    /** Long enough for what later versions may append; anything longer is not looked at. */
    private static final int MAX_LENGTH = 256;
    private static final Pattern FORMAT = Pattern
            .compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
    private static final Pattern TRACE_ID = Pattern.compile("[0-9a-fA-F]{32}");
    private static final String NO_TRACE = "0".repeat(32);
    private static final String NO_SPAN = "0".repeat(16);
    private static final String SAMPLED = "01";

    /** The context in {@code header}; null if that is absent or not well-formed. */
    public static @Nullable Traceparent parse(@Nullable String header) {
        if (header == null || header.length() < LENGTH || header.length() > MAX_LENGTH) {
            return null;
        }
        Matcher matcher = FORMAT.matcher(header);
        if (!matcher.matches() || matcher.group(1).equals("ff")
                || matcher.group(1).equals("00") && header.length() != LENGTH) {
            return null;
        }
        String traceId = matcher.group(2);
        String spanId = matcher.group(3);
        return traceId.equals(NO_TRACE) || spanId.equals(NO_SPAN)
                ? null
                : new Traceparent(traceId, spanId, matcher.group(4));
    }

    /**
     * The context of a request: its {@code traceparent} if well-formed, else its {@code X-Trace-ID} if that is 32 hex digits,
     * else a new one.
     */
    public static Traceparent of(@Nullable String traceparent, @Nullable String bareTraceId) {
        Traceparent given = parse(traceparent);
        if (given != null) {
            return given;
        }
        if (bareTraceId != null && TRACE_ID.matcher(bareTraceId).matches() && !bareTraceId.equals(NO_TRACE)) {
            return new Traceparent(bareTraceId.toLowerCase(Locale.ROOT), newSpanId(), SAMPLED);
        }
        return new Traceparent(hex(nonZero()) + hex(nonZero()), newSpanId(), SAMPLED);
    }

    /** A new span of the same trace. */
    public Traceparent child() {
        return new Traceparent(traceId, newSpanId(), flags);
    }

    /** The value of the header. */
    public String header() {
        return "00-" + traceId + "-" + spanId + "-" + flags;
    }

    private static String newSpanId() {
        return hex(nonZero());
    }

    private static long nonZero() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    }

    private static String hex(long value) {
        return HexFormat.of().toHexDigits(value);
    }
}
