package io.holdfast.examples.process;

/** The machine lacks something that the demo needs; the message says what, and how to get it. */
public final class MissingMeansException extends Exception {
    public MissingMeansException(String message, Throwable cause) {
        super(message, cause);
    }

    public MissingMeansException(String message) {
        super(message);
    }
}
