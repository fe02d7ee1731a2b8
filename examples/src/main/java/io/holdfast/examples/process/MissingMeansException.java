package io.holdfast.examples.process;

import io.holdfast.components.MissingProgramException;

/** The machine lacks something that the demo needs; the message says what, and how to get it. */
public final class MissingMeansException extends Exception {
    public MissingMeansException(String message, Throwable cause) {
        super(message, cause);
    }

    /** @param missing a program of others that {@code --components real} needs */
    public MissingMeansException(MissingProgramException missing) {
        this("--components real needs " + missing.what() + ", which is not on this machine; scripts/components.sh gets"
                + " it, and --components embedded does without.", missing);
    }
}
