package io.holdfast.bench.process;

/** Says how far something is. Thread-safe. */
public interface Progress {
    void say(String line);
}
