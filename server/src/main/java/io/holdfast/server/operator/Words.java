package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.nativeapi.Spans;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How answers of the server are written for people. Nothing from outside reaches a terminal with control characters in it. */
final class Words {

    static final String NOTHING = "-";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.:/@%+=,-]+");

    private Words() {
    }

    /** A field as text in one line; empty if it is absent. */
    static String text(JsonNode json, String field) {
        return clean(json.path(field).asText(""));
    }

    /** One line without control characters, which could do things to a terminal. */
    static String clean(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().map(c -> Character.isWhitespace(c) ? ' ' : c)
                .filter(c -> !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT)
                .forEach(line::appendCodePoint);
        return line.toString();
    }

    static String clipped(String text, int chars) {
        return text.length() <= chars ? text : text.substring(0, chars - 3) + "...";
    }

    static String orNothing(String text) {
        return text.isEmpty() ? NOTHING : text;
    }

    static String counted(long count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    /** How long ago a field says; empty if it is absent. */
    static String ago(JsonNode json, String field, Instant now) {
        Instant at = time(json.path(field).asText(""));
        return at == null ? "" : span(Duration.between(at, now));
    }

    /** For example {@code in 12 s}, or {@code now}; empty if the field is absent. */
    static String until(JsonNode json, String field, Instant now) {
        Instant at = time(json.path(field).asText(""));
        if (at == null) {
            return "";
        }
        Duration left = Duration.between(now, at);
        return left.compareTo(Duration.ofSeconds(1)) < 0 ? "now" : "in " + span(left);
    }

    static String span(Duration duration) {
        return Spans.text(duration.toMillis());
    }

    private static @Nullable Instant time(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** As a shell takes it for one word. */
    static String quoted(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    /** As SQL takes it for a literal, with the escapes of the standard. */
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
