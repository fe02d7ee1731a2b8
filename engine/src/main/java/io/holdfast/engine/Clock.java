package io.holdfast.engine;

/** Port: time. Thread-safe. */
public interface Clock {

    /** Monotonic nanoseconds of this process; only differences mean something. */
    long nanos();

    /** Milliseconds since 1970. May jump either way: for display only. */
    long wallMillis();

    /** The clock of this machine. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }
    };
}
