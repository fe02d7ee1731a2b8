package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.Test;

class PositionsTest {

    private static final long SEED = 20_261_129;
    private static final int MIB = 1 << 20;

    /** Against a table that has every entry. */
    @Test
    void knowsWhereEachEntryStandsWhateverIsReleased() {
        SplittableRandom random = new SplittableRandom(SEED);
        Positions positions = new Positions(7);
        TreeMap<Long, TermIndex> table = new TreeMap<>();
        TreeMap<Long, Long> sizes = new TreeMap<>();
        long sequence = 7;
        long index = 20;
        long term = 3;
        for (int step = 0; step < 20_000; step++) {
            switch (random.nextInt(30)) {
                case 0 -> index += 1 + random.nextInt(3);
                case 1 -> term++;
                case 2 -> {
                    if (!table.isEmpty()) {
                        long through = random.nextLong(table.firstKey(), sequence + 1);
                        positions.release(through);
                        table.headMap(through, true).clear();
                        sizes.headMap(through, true).clear();
                    }
                }
                default -> {
                    index++;
                    sequence++;
                    long bytes = random.nextInt(100_000);
                    positions.add(sequence, term, index, bytes);
                    table.put(sequence, TermIndex.valueOf(term, index));
                    sizes.put(sequence, bytes);
                }
            }
            if (!table.isEmpty()) {
                long asked = random.nextLong(table.firstKey(), sequence + 1);
                assertThat(positions.at(asked)).as("seed %s step %s", SEED, step).isEqualTo(table.get(asked));
            }
            long bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
            assertThat(positions.bytes()).as("seed %s step %s", SEED, step).isBetween(bytes, bytes + MIB + 100_000);
        }
    }

    @Test
    void knowsNothingOfOthers() {
        Positions positions = new Positions(0);
        assertThatIllegalStateException().isThrownBy(() -> positions.at(0));
        positions.add(1, 1, 1, 10);
        assertThatIllegalStateException().isThrownBy(() -> positions.at(2));
        positions.release(1);
        assertThatIllegalStateException().isThrownBy(() -> positions.at(1));
        assertThat(positions.bytes()).isZero();
    }
}
