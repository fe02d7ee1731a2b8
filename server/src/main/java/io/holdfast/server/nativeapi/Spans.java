package io.holdfast.server.nativeapi;

/** Spans of time for people. */
public final class Spans {

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Spans() {
    }

    /** Two units at most, for example {@code 2 min 5 s}. */
    public static String text(long millis) {
        if (millis < SECOND) {
            return Math.max(0, millis) + " ms";
        }
        if (millis < MINUTE) {
            return millis / SECOND + " s";
        }
        return millis < HOUR
                ? two(millis, MINUTE, "min", SECOND, "s")
                : millis < DAY ? two(millis, HOUR, "h", MINUTE, "min") : two(millis, DAY, "d", HOUR, "h");
    }

    private static String two(long millis, long large, String largeName, long small, String smallName) {
        long rest = millis % large / small;
        return millis / large + " " + largeName + (rest == 0 ? "" : " " + rest + " " + smallName);
    }
}
