package io.holdfast.core;

/** Invariants that stay on in production: a broken one is a bug, and stops the thread that owns the state. */
public final class Check {

    private Check() {
    }

    /**
     * @param condition what must hold
     * @param message   the rule that is broken
     * @throws IllegalStateException if it does not hold
     */
    public static void that(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException("invariant broken: " + message);
        }
    }

    /** As {@link #that(boolean, String)}; the arguments are formatted only on failure. */
    public static void that(boolean condition, String format, Object... arguments) {
        if (!condition) {
            throw new IllegalStateException("invariant broken: " + String.format(format, arguments));
        }
    }
}
