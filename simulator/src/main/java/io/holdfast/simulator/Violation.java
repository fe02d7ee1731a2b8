package io.holdfast.simulator;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A guarantee was broken. The message has its name, G1 to G10. */
public final class Violation extends AssertionError {

    private static final long serialVersionUID = 1L;

    private static final Pattern GUARANTEE = Pattern.compile("\\bG(?:10|[1-9])\\b");

    @SuppressWarnings("serial") // it never leaves the process
    private final List<String> story;
    @SuppressWarnings("serial") // it never leaves the process
    private final List<Integer> chances;

    public Violation(String message) {
        super(message);
        story = List.of();
        chances = List.of();
    }

    public Violation(String message, Throwable cause) {
        this(message, cause, List.of(), List.of());
    }

    /** @param chances how many faults of each kind had happened or were left out, in the order of {@link Fault} */
    Violation(String message, Throwable cause, List<Integer> chances, List<String> story) {
        super(message, cause);
        this.chances = List.copyOf(chances);
        this.story = List.copyOf(story);
    }

    /** The name of the guarantee; empty if it was an invariant of the code. */
    public String guarantee() {
        Matcher name = GUARANTEE.matcher(String.valueOf(getMessage()));
        return name.find() ? name.group() : "";
    }

    /** How many faults of a kind had happened or were left out. */
    int chances(Fault fault) {
        return chances.isEmpty() ? 0 : chances.get(fault.ordinal());
    }

    /** What happened, line by line, if it was kept. */
    public List<String> story() {
        return story;
    }

    static void unless(boolean holds, String format, @Nullable Object... arguments) {
        if (!holds) {
            throw new Violation(String.format(format, arguments));
        }
    }
}
