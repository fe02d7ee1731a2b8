package io.holdfast.core;

/**
 * Bounds on state, in force since the last {@link Command.Boot}.
 *
 * @param maxUnfinished unfinished transactions; over it begin is refused
 * @param maxLiveBytes  estimated bytes of unfinished transactions with their payloads; over it begin is refused
 * @param maxBranches   branches of one transaction
 * @param maxFinished   finished transactions kept for queries and duplicates; the oldest leave first. They leave earlier if
 *                      they take more than {@link #maxFinishedBytes}
 */
public record Limits(int maxUnfinished, long maxLiveBytes, int maxBranches, int maxFinished) {

    public static final Limits DEFAULT = new Limits(1_000_000, 4L << 30, 1_000, 200_000);

    public Limits {
        Check.that(maxUnfinished > 0 && maxLiveBytes > 0 && maxBranches > 0 && maxFinished >= 0,
                "limits must be positive: %s %s %s %s", maxUnfinished, maxLiveBytes, maxBranches, maxFinished);
    }

    /** Estimated bytes of the finished transactions that are kept: a quarter of what the unfinished may take. */
    long maxFinishedBytes() {
        return maxLiveBytes / 4;
    }
}
