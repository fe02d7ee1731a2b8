package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Applies entries with cuts at random places and restarts from the last cut, and compares with a core that had neither. */
final class CutsAndRestarts {

    private final Random random;
    private final List<Entry> entries;
    private final Core undisturbed = new Core();
    private final TreeMap<Long, Transaction> unfinished = new TreeMap<>();
    private final List<Finished> archive = new ArrayList<>();
    private Cut.@Nullable Header header;
    private Core core = new Core();

    private CutsAndRestarts(List<Entry> entries, Random random) {
        this.entries = entries;
        this.random = random;
    }

    static void check(List<Entry> entries, Random random) {
        new CutsAndRestarts(entries, random).run();
    }

    private void run() {
        for (Entry entry : entries) {
            undisturbed.step(entry);
            apply(entry);
            if (random.nextInt(4) == 0) {
                store(core.cut());
            }
            if (random.nextInt(6) == 0) {
                restart();
            }
            assertThat(core.stateHash()).isEqualTo(undisturbed.stateHash());
            assertThat(core.nextWakeAtMillis()).isEqualTo(undisturbed.nextWakeAtMillis());
            assertThat(core.needAttention()).isEqualTo(undisturbed.needAttention());
            assertThat(core.paused()).isEqualTo(undisturbed.paused());
            assertThat(core.oldestUnfinishedWallMillis()).isEqualTo(undisturbed.oldestUnfinishedWallMillis());
            assertThat(core.changedSinceCut()).isLessThanOrEqualTo(core.unfinished() + archive.size());
        }
    }

    private void apply(Entry entry) {
        for (Finished finished : core.step(entry).finished()) {
            assertThat(finished.finishedOrdinal()).isEqualTo(archive.size());
            assertThat(finished.finishedSequence()).isEqualTo(entry.sequence());
            archive.add(finished);
        }
    }

    private void store(Cut cut) {
        header = cut.header();
        for (Cut.Removed removed : cut.removed()) {
            assertThat(unfinished.remove(removed.ordinal())).as("removed was there").isNotNull();
        }
        cut.changed().forEach(changed -> unfinished.put(changed.ordinal(), changed.transaction()));
        assertThat(unfinished).hasSize(core.unfinished());
        assertThat(core.changedSinceCut()).isZero();
    }

    private void restart() {
        Cut.Header from = header;
        if (from == null) {
            archive.clear();
            core = new Core();
        } else {
            int finished = (int) from.finishedOrdinals();
            archive.subList(finished, archive.size()).clear();
            Core.Restoration restoration = Core.restore(from);
            unfinished.forEach((ordinal, transaction) -> restoration.unfinished(new Unfinished(transaction, ordinal)));
            archive.subList(finished - from.finishedKept(), finished).forEach(restoration::finished);
            core = restoration.core();
        }
        for (Entry entry : entries.subList((int) core.sequence(), (int) undisturbed.sequence())) {
            apply(entry);
        }
    }
}
