package io.holdfast.simulator;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The story of a run, line by line. Costs nothing when nobody listens. */
final class Trace {

    private final Schedule schedule;
    private final @Nullable List<String> lines;

    private Trace(Schedule schedule, @Nullable List<String> lines) {
        this.schedule = schedule;
        this.lines = lines;
    }

    static Trace of(Schedule schedule, boolean kept) {
        return new Trace(schedule, kept ? new ArrayList<>() : null);
    }

    /** Whether somebody listens: ask before a line is put together. */
    boolean isOn() {
        return lines != null;
    }

    void say(String line) {
        if (lines != null) {
            long millis = schedule.nowMillis();
            String rest = Long.toString(1_000 + millis % 1_000).substring(1);
            lines.add(" ".repeat(Math.max(0, 5 - Long.toString(millis / 1_000).length())) + millis / 1_000 + "." + rest
                    + "  " + line);
        }
    }

    List<String> lines() {
        return lines == null ? List.of() : List.copyOf(lines);
    }
}
