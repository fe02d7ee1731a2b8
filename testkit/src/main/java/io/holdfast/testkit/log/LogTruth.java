package io.holdfast.testkit.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The entries that any node of a group was ever told: there is one order, and it never changes. */
final class LogTruth {

    private final List<String> entries = new ArrayList<>();
    private final Map<String, Long> sequences = new HashMap<>();

    /** A node was told this. */
    void told(String who, long sequence, String payload) {
        assertThat(sequence).as("%s is told an entry after %s that nobody else was", who, entries.size())
                .isLessThanOrEqualTo(entries.size() + 1L);
        if (sequence <= entries.size()) {
            assertThat(payload).as("entry %s as %s is told it", sequence, who)
                    .isEqualTo(entries.get((int) sequence - 1));
            return;
        }
        assertThat(sequences.putIfAbsent(payload, sequence)).as("%s is told entry %s, which is", who, sequence)
                .isNull();
        entries.add(payload);
    }

    /** The last entry that anybody was told. */
    long last() {
        return entries.size();
    }

    /** Whether anybody was told this. */
    boolean holds(String payload) {
        return sequences.containsKey(payload);
    }
}
