package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Transitions.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps docs/states.md equal to the transition table. Run with {@code -Dholdfast.regenerate=true} to write it anew. */
class StatesPageTest {

    private static final String ABOUT = """
            # States

            Generated from the transition table (`Transitions.rows()` in the core) by `StatesPageTest`; a test fails if the two
            differ. To write it anew: `mvn -pl core -am test -Dtest=StatesPageTest -Dholdfast.regenerate=true
            -Dsurefire.failIfNoSpecifiedTests=false`.

            An arrow is the only way from one state to another. Two arrows may follow each other at once: what has nothing to call
            (no branches, or branches with empty URLs) passes through its middle state without stopping there.
            """;

    private static final String TEXT = """
            ## The deadline

            - It bounds the time before the decision: Try and the decision of a TCC, the actions of a Saga. When it passes first,
              the transaction is cancelled or compensated, with the reason `Timeout after … seconds`.
            - It never touches what is decided. Confirm, Cancel and compensations have no deadline: they are called until they
              succeed, with growing pauses between the attempts.
            - It counts in logical time, which stands still while no coordinator runs and does not follow the wall clock.
            - A decision that arrives together with the deadline wins.

            ## Flags

            Flags are not states: a transaction keeps its state, its decision and its deadline with them.

            - `needsAttention`, with a reason: nothing moved for two minutes of logical time, or a call failed ten times. Calls go
              on. Any progress clears it. A TCC that waits for its caller is spared while that sends heartbeats: the last one must be
              more than 30 seconds old too.
            - `paused`, with a reason: an operator stopped the calls. Answers to calls that were under way still count, and a deadline
              still decides; what is owed then waits for `resume`. A paused transaction does not ask for attention.

            ## Settled by hand

            An operator may finish any unfinished transaction as `SETTLED_BY_HAND`, with a reason. That decides nothing: for a
            transaction that was decided it means only that the coordinator stops calling. Reason, operator and the state before are
            kept in the audit trail.
            """;

    @Test
    void pageEqualsTheTable() throws IOException {
        Path page = Path.of(System.getProperty("holdfast.root", ".."), "docs", "states.md");
        String expected = page();
        if (Boolean.getBoolean("holdfast.regenerate")) {
            Files.createDirectories(page.getParent());
            Files.writeString(page, expected);
        }
        assertThat(page).content().isEqualTo(expected);
    }

    private static String page() {
        StringBuilder page = new StringBuilder(ABOUT);
        for (Mode mode : Mode.values()) {
            page.append("\n## ").append(mode).append("\n\n").append(diagram(mode));
        }
        page.append("\n## What the states mean\n\n| state | decided | finished |\n|---|---|---|\n");
        for (State state : State.values()) {
            page.append("| ").append(state).append(" | ").append(decided(state)).append(" | ")
                    .append(state.isFinished() ? "yes" : "no").append(" |\n");
        }
        page.append("\n## What the arrows mean\n\n| event | when |\n|---|---|\n");
        for (Event event : Event.values()) {
            page.append("| ").append(words(event)).append(" | ").append(meaning(event)).append(" |\n");
        }
        return page.append('\n').append(TEXT).toString();
    }

    private static String decided(State state) {
        return switch (state) {
            case TRYING, RUNNING -> "no";
            case CONFIRMING, CONFIRMED -> "confirm";
            case CANCELLING, COMPENSATING, CANCELLED -> "cancel";
            case SETTLED_BY_HAND -> "as before";
        };
    }

    private static String diagram(Mode mode) {
        StringBuilder diagram = new StringBuilder("```mermaid\nstateDiagram-v2\n");
        Map<State, Map<State, String>> arrows = new TreeMap<>();
        for (Row row : Transitions.rows()) {
            if (row.mode() == mode) {
                arrows.computeIfAbsent(row.from(), from -> new TreeMap<>()).merge(row.to(), words(row.event()),
                        (one, other) -> one + ", " + other);
            }
        }
        diagram.append("    [*] --> ").append(mode == Mode.TCC ? State.TRYING : State.RUNNING).append('\n');
        arrows.forEach((from, targets) -> targets.forEach((to, events) -> diagram.append("    ").append(from)
                .append(" --> ").append(to).append(" : ").append(events).append('\n')));
        diagram.append(Arrays.stream(State.values()).filter(State::isFinished)
                .map(state -> "    " + state + " --> [*]\n").collect(Collectors.joining()));
        return diagram.append("```\n").toString();
    }

    private static String words(Event event) {
        return event.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String meaning(Event event) {
        return switch (event) {
            case CONFIRM_DECIDED -> "the caller decided to confirm";
            case CANCEL_DECIDED -> "the caller, or an operator, decided to cancel";
            case DEADLINE_PASSED -> "the deadline passed before a decision";
            case ACTION_FAILED -> "an action answered with failure";
            case RETRIES_EXHAUSTED -> "actions failed more often than the retry limit allows";
            case FORWARD_DONE -> "every Confirm, or every action, is done";
            case BACKWARD_DONE -> "every Cancel, or every compensation of what may have started, is done";
            case SETTLED -> "an operator settled it by hand";
        };
    }
}
