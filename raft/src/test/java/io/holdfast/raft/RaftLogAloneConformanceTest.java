package io.holdfast.raft;

import io.holdfast.testkit.log.LogGroup;
import io.holdfast.testkit.log.ReplicatedLogConformance;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** One node on Ratis keeps the promises of the port. */
class RaftLogAloneConformanceTest extends ReplicatedLogConformance {

    @TempDir
    Path directory;

    @Override
    protected LogGroup newGroup(long seed) {
        return new RatisGroup(1, directory, seed);
    }

    @Override
    protected long[] seeds() {
        return new long[]{Long.getLong("holdfast.seed", 1)};
    }

    @Override
    protected int steps() {
        return Integer.getInteger("holdfast.steps", 80);
    }
}
