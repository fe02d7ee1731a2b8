package io.holdfast.testkit.component;

import static org.junit.jupiter.api.Assertions.fail;

import io.holdfast.components.MissingProgramException;
import io.holdfast.components.Programs;
import io.holdfast.components.Python;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Ends a test that needs a program which is not on this machine: skips it, or fails it where nothing may be missing. */
public final class Components {
    private static final String NOTHING_MAY_BE_MISSING = "HOLDFAST_REQUIRE_ALL";

    private Components() {
    }

    /**
     * Skips the running test if one of the programs is not on this machine; fails it if {@code HOLDFAST_REQUIRE_ALL=1} is in the
     * environment.
     *
     * @param howToGet completes the message, for example {@code run scripts/components.sh}
     */
    public static void require(String howToGet, String... programs) {
        for (String program : programs) {
            if (Programs.find(program).isEmpty()) {
                throw missing(program + " is not on this machine: " + howToGet);
            }
        }
    }

    /** As {@link #require}; where the program is. */
    public static Path required(String howToGet, String program) {
        return Programs.find(program)
                .orElseThrow(() -> missing(program + " is not on this machine: " + howToGet));
    }

    /** Ends the test as {@link #require} does; never returns. */
    static AssertionError missing(String message) {
        if ("1".equals(System.getenv(NOTHING_MAY_BE_MISSING))) {
            return fail(message);
        }
        return Assumptions.abort(message);
    }

    /** A Python with modules of others; skips or fails the running test as {@link #require} does if there is none. */
    public static Python python(String... modules) throws InterruptedException {
        try {
            return Python.with(modules);
        } catch (MissingProgramException e) {
            throw missing(String.valueOf(e.getMessage()));
        }
    }

    /** Skips or fails the running test as {@link #require} does where one of the programs is missing. */
    public static void require(List<String> programs) {
        require("run scripts/components.sh, which installs or unpacks it", programs.toArray(String[]::new));
    }
}
