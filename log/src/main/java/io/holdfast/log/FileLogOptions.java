package io.holdfast.log;

/**
 * Sizes of a {@link FileLog}.
 *
 * @param segmentBytes  of one file of a new log, a multiple of 4096; an existing log keeps the size it was created with
 * @param maxSegments   files at most; with all of them full of entries that are still needed, the log is full. Files that
 *                      exist already are used even if there are more
 * @param maxEntryBytes payload of one entry at most; less if a segment is smaller than that
 */
public record FileLogOptions(long segmentBytes, int maxSegments, int maxEntryBytes) {

    /** 64 files of 64 MiB, entries of at most 8 MiB. */
    public static final FileLogOptions DEFAULT = new FileLogOptions(64L << 20, 64, 8 << 20);

    /** Room for a handful of blocks beside the header and the two markers. */
    private static final long MIN_SEGMENT_BYTES = 16 * Layout.BLOCK_BYTES;
    /** Block numbers and sizes of frames stay within an int. */
    private static final long MAX_SEGMENT_BYTES = 1L << 30;
    /** Each one costs two file descriptors. */
    private static final int MAX_SEGMENTS = 1_000;

    public FileLogOptions {
        if (segmentBytes % Layout.BLOCK_BYTES != 0) {
            throw new IllegalArgumentException(
                    "segmentBytes=" + segmentBytes + " must be a multiple of " + Layout.BLOCK_BYTES);
        }
        inRange("segmentBytes", segmentBytes, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES);
        inRange("maxSegments", maxSegments, 2, MAX_SEGMENTS);
        inRange("maxEntryBytes", maxEntryBytes, Layout.BLOCK_BYTES, MAX_SEGMENT_BYTES);
    }

    private static void inRange(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + "=" + value + " must be from " + min + " to " + max);
        }
    }
}
