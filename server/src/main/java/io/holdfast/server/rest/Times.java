package io.holdfast.server.rest;

import io.holdfast.server.nativeapi.ApiProblem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Points in time as RFC 3339 has them. */
final class Times {

    private static final long MAX_MILLIS = 1L << 53;

    private Times() {
    }

    static String text(long wallMillis) {
        return Instant.ofEpochMilli(wallMillis).toString();
    }

    /** Milliseconds since 1970; 0 if {@code text} is empty. */
    static long parse(String name, String text) {
        if (text.isEmpty()) {
            return 0;
        }
        try {
            long millis = OffsetDateTime.parse(text).toInstant().toEpochMilli();
            if (millis > 0 && millis < MAX_MILLIS) {
                return millis;
            }
        } catch (DateTimeException | ArithmeticException e) {
            // Said below, in the same words as a time out of range.
        }
        throw ApiProblem.field(name, ApiProblem.shown(text), "a time after 1970, for example 2026-11-22T10:00:00Z");
    }
}
