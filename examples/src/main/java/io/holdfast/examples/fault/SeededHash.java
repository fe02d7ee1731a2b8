package io.holdfast.examples.fault;

import java.nio.charset.StandardCharsets;

/** A hash that is the same on every machine and in every process: FNV-1a over UTF-8, finished by SplitMix64. */
public final class SeededHash {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final int THOUSAND = 1000;

    private SeededHash() {
    }

    /** A well-mixed value of all arguments; the order of {@code parts} matters. */
    public static long of(long seed, String... parts) {
        long hash = mix(FNV_OFFSET ^ seed);
        for (String part : parts) {
            for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
                hash = (hash ^ (b & 0xff)) * FNV_PRIME;
            }
            hash = mix(hash);
        }
        return hash;
    }

    /** A number from 0 to 999, evenly spread. */
    public static int permille(long seed, String... parts) {
        return (int) Long.remainderUnsigned(of(seed, parts), THOUSAND);
    }

    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
