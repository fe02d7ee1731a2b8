package io.holdfast.store;

/**
 * How much memory the store takes, and how sure its filters are.
 *
 * @param blockCacheBytes   caches for blocks, indexes and filters that were read; half of it for gids
 * @param writeBufferBytes  per column family of the archive: more than comes between two cuts, so that cuts flush and hardly
 *                          anything else does
 * @param filterBitsPerGid  how sure the filters are, in bits of a Bloom filter for each gid: with 14, of 500 files that do not
 *                          hold a gid 1 is read in vain; all but the youngest level take about 9.5 for that
 */
public record StoreOptions(long blockCacheBytes, long writeBufferBytes, double filterBitsPerGid) {

    public static final StoreOptions DEFAULT = new StoreOptions(64L << 20, 64L << 20, 14);

    public StoreOptions {
        check("blockCacheBytes", blockCacheBytes, 1L << 20, 1L << 40);
        check("writeBufferBytes", writeBufferBytes, 64L << 10, 1L << 32);
        check("filterBitsPerGid", filterBitsPerGid, 1, 64);
    }

    private static void check(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    String.format("%s=%.0f: allowed are %.0f to %.0f", name, value, least, most));
        }
    }
}
