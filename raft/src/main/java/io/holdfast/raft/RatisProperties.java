package io.holdfast.raft;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** What Ratis is told. What is not said here is as Ratis has it. */
final class RatisProperties {

    /** Room for what Ratis and the header put around a payload. */
    private static final int ENVELOPE_BYTES = 64 << 10;
    private static final int MIB = 1 << 20;
    private static final int CACHED_SEGMENTS = 2;
    private static final long PREALLOCATED_BYTES = 4L << 20;
    /** The first election of a group of one: there is nobody to wait for. */
    private static final int ALONE_ELECTION_MILLIS = 20;
    private static final int REQUEST_TIMEOUT_MILLIS = 3_000;
    /** Every id of a proposal is new, so nobody ever asks for a reply again. */
    private static final int RETRY_CACHE_MILLIS = 1_000;

    /** How often a leader tries to reach a peer that is away, as Ratis writes it: the first ten times at once, then so, for ever. */
    private static final String RETRIES = "10ms,10, %dms," + Integer.MAX_VALUE;

    private static final int STAGING_ELECTIONS = 10;
    private static final int STAGING_GAP_ENTRIES = 32;

    private RatisProperties() {
    }

    /** @param isAlone whether there is nobody else, as far as this node knows */
    static RaftProperties of(RaftSettings settings, RaftDirectory directory, boolean isAlone) {
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(properties, List.of(directory.ratisRoot().toFile()));
        setNetwork(properties, settings);
        setTimes(properties, settings, isAlone);
        setLog(properties, settings);
        return properties;
    }

    private static void setNetwork(RaftProperties properties, RaftSettings settings) {
        RaftConfigKeys.Rpc.setType(properties, new ObservedGrpc());
        GrpcConfigKeys.Server.setHost(properties, settings.self().host());
        GrpcConfigKeys.Server.setPort(properties, settings.self().port());
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(entryLimit(settings) + 2L * MIB));
    }

    private static void setTimes(RaftProperties properties, RaftSettings settings, boolean alone) {
        TimeDuration min = millis(settings.minElectionMillis());
        TimeDuration max = millis(settings.maxElectionMillis());
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, min);
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(longestPeriod(settings)));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, alone ? millis(ALONE_ELECTION_MILLIS) : min);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties,
                alone ? millis(2 * ALONE_ELECTION_MILLIS) : max);
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, millis(REQUEST_TIMEOUT_MILLIS));
        // For so long a leader that lost its majority stands for no election; and a process that stood still for longer gives
        // up leading. The 10 seconds of Ratis are longer than anybody waits for a new leader.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, max);
        // A new node that is not heard for so long is given up. It may be starting anew, with a cut that it has taken over.
        RaftServerConfigKeys.setStagingTimeout(properties, millis(STAGING_ELECTIONS * settings.maxElectionMillis()));
        // Entries are few and large, and a new node counts from then on.
        RaftServerConfigKeys.setStagingCatchupGap(properties, STAGING_GAP_ENTRIES);
        // A node that is back counts again within one heartbeat. Ratis would wait up to 7.5 s after half a minute, and until then the
        // next failure stops the group.
        RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties,
                RETRIES.formatted(Math.max(1, settings.minElectionMillis() / 4)));
        // A process that stood still comes back and hears who leads; Ratis would close it after a minute.
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(10_000, TimeUnit.DAYS));
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, millis(RETRY_CACHE_MILLIS));
    }

    /**
     * A follower of Ratis draws a period, and when it is over looks whether it has heard the leader since it began; so it notices
     * after one to two periods that nothing is heard any more. Twice the longest is the maximum that is set, unless followers
     * would then draw too much alike and stand at the same time.
     */
    private static int longestPeriod(RaftSettings settings) {
        int min = settings.minElectionMillis();
        int max = settings.maxElectionMillis();
        return Math.max(max / 2, min + Math.max(1, (max - min) / 4));
    }

    private static void setLog(RaftProperties properties, RaftSettings settings) {
        int entryLimit = entryLimit(settings);
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(settings.segmentBytes()));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties,
                SizeInBytes.valueOf(Math.min(PREALLOCATED_BYTES, settings.segmentBytes())));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, CACHED_SEGMENTS);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties,
                SizeInBytes.valueOf(CACHED_SEGMENTS * Math.max(settings.segmentBytes(), entryLimit)));
        // The largest entry: it has to fit into a message, the write buffer and the bounds of what waits.
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(entryLimit));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(entryLimit + 1_024L));
        RaftServerConfigKeys.Log.setQueueByteLimit(properties, SizeInBytes.valueOf(4L * entryLimit));
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(4L * entryLimit));
        // An entry counts as written when it is synced. These are the defaults; nobody shall change them.
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        // Ratis would append an entry after each one that is committed, to know the commit index after a restart: a sync for
        // each. The next leader finds it out.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        // What is torn is cut off before Ratis looks (LogScan); it must not drop anything by itself.
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        // Cuts are the engine's: Ratis takes no snapshots, copies none, and purges when it is told.
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, false);
        RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
    }

    /** Whole mebibytes, because some of the bounds of Ratis count in them. */
    private static int entryLimit(RaftSettings settings) {
        return (settings.maxEntryBytes() + ENVELOPE_BYTES + MIB - 1) / MIB * MIB;
    }

    private static TimeDuration millis(int millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }
}
