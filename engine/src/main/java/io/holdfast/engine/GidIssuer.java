package io.holdfast.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Issues ids that no other process, and no earlier run of this one, issues: time, slot, salt of the boot, counter, in digits of
 * Crockford's base 32. The salt is in the log before the first id leaves. Ids of one run sort by time of issue. Thread-safe.
 */
final class GidIssuer {

    private static final char[] DIGITS = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
    private static final int TIME_DIGITS = 10;
    private static final int SLOT_DIGITS = 3;
    private static final int SALT_DIGITS = 6;
    private static final int COUNTER_DIGITS = 6;

    private final Clock clock;
    private final long salt;
    private final AtomicLong counter = new AtomicLong();

    GidIssuer(Clock clock, long salt) {
        this.clock = clock;
        this.salt = salt;
    }

    /** 25 characters of {@code [0-9a-z]}. */
    String next() {
        char[] id = new char[TIME_DIGITS + SLOT_DIGITS + SALT_DIGITS + COUNTER_DIGITS];
        int at = put(id, 0, TIME_DIGITS, clock.wallMillis());
        // One slot so far; the digits are there so that ids need not change when partitions come.
        at = put(id, at, SLOT_DIGITS, 0);
        at = put(id, at, SALT_DIGITS, salt);
        put(id, at, COUNTER_DIGITS, counter.getAndIncrement());
        return new String(id);
    }

    private static int put(char[] id, int at, int digits, long value) {
        for (int i = digits - 1; i >= 0; i--) {
            id[at + i] = DIGITS[(int) (value & 31)];
            value >>>= 5;
        }
        return at + digits;
    }
}
