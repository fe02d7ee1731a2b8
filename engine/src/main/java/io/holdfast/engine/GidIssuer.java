package io.holdfast.engine;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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

    private static final int LENGTH = TIME_DIGITS + SLOT_DIGITS + SALT_DIGITS + COUNTER_DIGITS;
    private static final int SALT_AT = TIME_DIGITS + SLOT_DIGITS;
    private static final int COUNTER_AT = SALT_AT + SALT_DIGITS;
    /** Ids between two marks, and marks that are remembered: the last million ids are known to be young. */
    private static final int IDS_PER_MARK = 1_024;
    private static final int MARKS = 1_024;

    private final Clock clock;
    private final LongSupplier applied;
    private final char[] salt = new char[SALT_DIGITS];
    private final AtomicLong counter = new AtomicLong();
    private final AtomicReferenceArray<@Nullable Mark> marks = new AtomicReferenceArray<>(MARKS);

    /** What had been applied before the ids from {@code counter} on were issued. */
    private record Mark(long counter, long appliedSequence) {}

    /** @param applied the last entry that the core has applied */
    GidIssuer(Clock clock, long salt, LongSupplier applied) {
        this.clock = clock;
        this.applied = applied;
        put(this.salt, 0, SALT_DIGITS, salt);
    }

    /** 25 characters of {@code [0-9a-z]}. */
    String next() {
        // Read first: an id with a later number may be used, and its transaction end, before this thread goes on.
        long appliedBefore = applied.getAsLong();
        long number = counter.getAndIncrement();
        if (number % IDS_PER_MARK == 0) {
            marks.set((int) (number / IDS_PER_MARK % MARKS), new Mark(number, appliedBefore));
        }
        char[] id = new char[LENGTH];
        int at = put(id, 0, TIME_DIGITS, clock.wallMillis());
        // One slot so far; the digits are there so that ids need not change when partitions come.
        at = put(id, at, SLOT_DIGITS, 0);
        System.arraycopy(salt, 0, id, at, SALT_DIGITS);
        put(id, COUNTER_AT, COUNTER_DIGITS, number);
        return new String(id);
    }

    /**
     * An entry up to which no transaction can have had this id, because it was issued after that; -1 if that is not known: it
     * was not issued here, or long ago.
     */
    long unusedThrough(String gid) {
        if (gid.length() != LENGTH) {
            return -1;
        }
        for (int i = 0; i < SALT_DIGITS; i++) {
            if (gid.charAt(SALT_AT + i) != salt[i]) {
                return -1;
            }
        }
        long number = 0;
        for (int i = COUNTER_AT; i < LENGTH; i++) {
            int digit = Arrays.binarySearch(DIGITS, gid.charAt(i));
            if (digit < 0) {
                return -1;
            }
            number = number << 5 | digit;
        }
        // Ids differ in all digits of the counter, which is far longer than what is remembered.
        Mark mark = marks.get((int) (number / IDS_PER_MARK % MARKS));
        boolean issued = number < counter.get();
        return issued && mark != null && mark.counter == number - number % IDS_PER_MARK ? mark.appliedSequence : -1;
    }

    private static int put(char[] id, int at, int digits, long value) {
        for (int i = digits - 1; i >= 0; i--) {
            id[at + i] = DIGITS[(int) (value & 31)];
            value >>>= 5;
        }
        return at + digits;
    }
}
