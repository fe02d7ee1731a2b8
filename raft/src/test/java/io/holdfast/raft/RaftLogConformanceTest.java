package io.holdfast.raft;

import io.holdfast.testkit.log.LogGroup;
import io.holdfast.testkit.log.ReplicatedGroupConformance;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes on Ratis keep the promises of the port. */
class RaftLogConformanceTest extends ReplicatedGroupConformance {

    @TempDir
    Path directory;

    @Override
    protected LogGroup newGroup(long seed) {
        return new RatisGroup(3, directory, seed);
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
