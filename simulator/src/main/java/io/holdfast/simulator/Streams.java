package io.holdfast.simulator;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Random numbers of one seed, a stream for each purpose: what one part of a run draws does not change what another part gets. So
 * a run stays much the same when one fault or one transaction is left out, which is what the shrinker lives on.
 */
final class Streams {

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final long seed;

    Streams(long seed) {
        this.seed = seed;
    }

    /** The same for the same seed and purpose, in every process. */
    RandomGenerator of(String purpose) {
        long hash = FNV_OFFSET;
        for (byte b : purpose.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xff) * FNV_PRIME;
        }
        return new SplittableRandom(new SplittableRandom(seed).nextLong() ^ hash);
    }
}
