package io.holdfast.engine;

import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.simulator.disk.FakeDisk;
import io.holdfast.testkit.log.LogContents;
import io.holdfast.testkit.log.LogGroup;
import io.holdfast.testkit.log.ReplicatedLogConformance;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** The log of a node that is alone keeps the promises of one that is agreed on. */
class OneCopyConformanceTest extends ReplicatedLogConformance {

    @Override
    protected LogGroup newGroup(long seed) {
        return new Alone(seed);
    }

    @Override
    protected long[] seeds() {
        return LongStream.range(0, 50).toArray();
    }

    @Override
    protected int steps() {
        return 300;
    }

    private static final class Alone implements LogGroup {

        private final SplittableRandom random;
        private FakeDisk disk;
        private long nowMillis;

        Alone(long seed) {
            random = new SplittableRandom(seed);
            disk = new FakeDisk(random);
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public ReplicatedLog open(int node) {
            return new OneCopy(new FileLog(disk, new FileLogOptions(64 << 10, 64, 32 << 10), random));
        }

        @Override
        public void crash(int node, ReplicatedLog log) {
            disk = disk.afterCrash();
        }

        @Override
        public void isolate(int node) {
            throw new UnsupportedOperationException("there is nobody else");
        }

        @Override
        public void reconnect(int node) {
            throw new UnsupportedOperationException("there is nobody else");
        }

        @Override
        public void pass(Bell bell) {
            nowMillis++;
        }

        @Override
        public long nowMillis() {
            return nowMillis;
        }

        @Override
        public byte[] payload(SplittableRandom random, long unique) {
            byte[] payload = LogContents.randomPayload(random, random.nextInt(Long.BYTES, 3_000));
            ByteBuffer.wrap(payload).putLong(unique);
            return payload;
        }

        @Override
        public boolean takesAnyBytes() {
            return true;
        }

        @Override
        public int entriesUntilReleased() {
            return 1;
        }

        @Override
        public int needsCut() {
            return -1;
        }

        @Override
        public void installCut(int node, ReplicatedLog donor, long released) {
            throw new UnsupportedOperationException("there is nobody else");
        }

        @Override
        public void close() {
            // What is on the disk is forgotten with it.
        }
    }
}
