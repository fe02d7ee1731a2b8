package io.holdfast.bench.measure;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Under which a figure was taken.
 *
 * @param machine   where
 * @param sync      of the disk, just before
 * @param loadStart of the machine, just before
 * @param loadEnd   of the machine, just after; the benchmark's own load is in it
 */
public record Conditions(Machine machine, SyncTime sync, double loadStart, double loadEnd) {

    /** As they are now; {@link #ended} completes them. */
    public static Conditions begin(Path directory) throws IOException {
        double load = Machine.load();
        return new Conditions(Machine.of(directory), SyncTime.measure(directory), load, load);
    }

    public Conditions ended() {
        return new Conditions(machine, sync, loadStart, Machine.load());
    }
}
