package io.holdfast.examples.process;

import java.time.Instant;
import java.util.Optional;

/**
 * Names one process for good: a process id alone is reused.
 *
 * @param pid         the process id
 * @param startMillis when it started, in milliseconds since the epoch; 0 where the system does not tell
 */
record ProcessMark(long pid, long startMillis) {
    static ProcessMark of(ProcessHandle handle) {
        return new ProcessMark(handle.pid(), startMillis(handle));
    }

    /** Reads what {@link #toString()} wrote. */
    static Optional<ProcessMark> parse(String line) {
        String[] parts = line.trim().split(" ", -1);
        try {
            return parts.length == 2
                    ? Optional.of(new ProcessMark(Long.parseLong(parts[0]), Long.parseLong(parts[1])))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The process, if it is still running and is still the same one. */
    Optional<ProcessHandle> alive() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive)
                .filter(handle -> startMillis(handle) == startMillis);
    }

    @Override
    public String toString() {
        return pid + " " + startMillis;
    }

    private static long startMillis(ProcessHandle handle) {
        return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
