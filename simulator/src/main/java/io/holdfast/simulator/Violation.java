package io.holdfast.simulator;

import org.jspecify.annotations.Nullable;

/** A guarantee was broken. The message begins with its name, G1 to G9. */
public final class Violation extends AssertionError {

    private static final long serialVersionUID = 1L;

    public Violation(String message) {
        super(message);
    }

    public Violation(String message, Throwable cause) {
        super(message, cause);
    }

    static void unless(boolean holds, String format, @Nullable Object... arguments) {
        if (!holds) {
            throw new Violation(String.format(format, arguments));
        }
    }
}
