package io.holdfast.raft;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Of one node's part of a {@link RaftLog}.
 *
 * @param id                of this node, one of the peers
 * @param peers             those with which the group begins, this node included, the same on every node. Once there is a log, that says
 *                          who they are ({@link Members}); this node may be one that has yet to be added
 * @param directory         of this node's part; made if it does not exist
 * @param group             the same on every node: peers of different groups do not talk to each other
 * @param minElectionMillis a follower that hears nothing from a leader for a time between this and the next seeks election. A
 *                          leader is heard at least every half of this
 * @param maxElectionMillis a leader that hears nothing from a majority for as long gives up
 * @param segmentBytes      of one file of the log
 * @param maxLogBytes       of the entries after the last release, at most. The disk takes more: see {@link #keptBytes}
 * @param maxEntryBytes     payload of one entry at most
 * @param tls               how peers show each other who they are; null for plain text, which anybody may speak
 */
public record RaftSettings(String id, List<Peer> peers, Path directory, UUID group, int minElectionMillis,
        int maxElectionMillis, long segmentBytes, long maxLogBytes, int maxEntryBytes, @Nullable PeerTls tls) {

    public static final int DEFAULT_MIN_ELECTION_MILLIS = 1_000;
    public static final int DEFAULT_MAX_ELECTION_MILLIS = 2_000;
    public static final long DEFAULT_SEGMENT_BYTES = 32L << 20;
    /** As the log on files. */
    public static final long DEFAULT_MAX_LOG_BYTES = 4L << 30;
    /** As the log on files. */
    public static final int DEFAULT_MAX_ENTRY_BYTES = 8 << 20;

    /** Ids are file names, metrics and log lines as well. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
    /** Below it a busy machine loses its leader again and again. */
    private static final int LEAST_ELECTION_MILLIS = 100;
    private static final int MOST_ELECTION_MILLIS = 60_000;
    private static final long MIN_SEGMENT_BYTES = 64L << 10;
    private static final long MAX_SEGMENT_BYTES = 1L << 30;
    private static final int MIN_ENTRY_BYTES = 4 << 10;
    /** An entry travels as one message and is held in memory several times. */
    private static final int MAX_ENTRY_BYTES = 64 << 20;
    private static final long MAX_KEPT_BYTES = 64L << 20;

    /**
     * One voter.
     *
     * @param host a name or an address, at which the others reach it and it listens
     * @param api  where it takes what is not for the log: kept and handed on as it is; empty if nobody asks
     */
    public record Peer(String id, String host, int port, String api) {

        private static final Pattern HOST = Pattern.compile("[^\\s,;]{1,255}");
        private static final Pattern API = Pattern.compile("[\\x21-\\x7e&&[^,;]]{0,512}");
        private static final Pattern ADDRESS = Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:]+)):(\\d{1,5})");

        public Peer {
            if (!ID.matcher(id).matches()) {
                throw new IllegalArgumentException("peer id=" + id + " must match " + ID);
            }
            if (!HOST.matcher(host).matches()) {
                throw new IllegalArgumentException("host of peer " + id + " must match " + HOST);
            }
            if (!API.matcher(api).matches()) {
                throw new IllegalArgumentException("api of peer " + id + " must match " + API);
            }
            inRange("port of peer " + id, port, 1, 65_535);
        }

        /** One that nobody asks for anything else. */
        public Peer(String id, String host, int port) {
            this(id, host, port, "");
        }

        /**
         * @param address as {@link #address} has made it
         * @throws IllegalArgumentException if it is none
         */
        static Peer of(String id, String address, String api) {
            Matcher parts = ADDRESS.matcher(address);
            if (!parts.matches()) {
                throw new IllegalArgumentException("address=" + address + " of peer " + id + " must be host:port");
            }
            String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
            return new Peer(id, host, Integer.parseInt(parts.group(3)), api);
        }

        /** As {@code host:port}. */
        public String address() {
            return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
        }
    }

    public RaftSettings {
        peers = List.copyOf(peers);
        inRange("number of peers", peers.size(), 1, Reconfiguration.MAX_MEMBERS);
        Set<String> ids = new HashSet<>();
        Set<String> addresses = new HashSet<>();
        for (Peer peer : peers) {
            if (!ids.add(peer.id())) {
                throw new IllegalArgumentException("peer id=" + peer.id() + " must be unique");
            }
            if (!addresses.add(peer.address())) {
                throw new IllegalArgumentException("address " + peer.address() + " of peer " + peer.id()
                        + " must be unique");
            }
        }
        if (!ids.contains(id)) {
            throw new IllegalArgumentException("id=" + id + " must be one of the peers " + ids);
        }
        inRange("minElectionMillis", minElectionMillis, LEAST_ELECTION_MILLIS, MOST_ELECTION_MILLIS);
        inRange("maxElectionMillis", maxElectionMillis, minElectionMillis + 1L, MOST_ELECTION_MILLIS);
        inRange("segmentBytes", segmentBytes, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES);
        inRange("maxEntryBytes", maxEntryBytes, MIN_ENTRY_BYTES, MAX_ENTRY_BYTES);
        inRange("maxLogBytes", maxLogBytes, 4L * maxEntryBytes, Long.MAX_VALUE);
    }

    /**
     * Files in PEM, read at the start. Each peer shows its certificate to the other, whoever connects, and each wants it signed by the
     * same authority. Who connects also wants the host of the peer in it.
     *
     * @param certificate of this node, with the chain to the authority
     * @param key         of the certificate, PKCS#8
     * @param authority   certificates of those who sign for peers of this group, and for nobody else
     */
    public record PeerTls(Path certificate, Path key, Path authority) {}

    /** In plain text. */
    public RaftSettings(String id, List<Peer> peers, Path directory, UUID group, int minElectionMillis,
            int maxElectionMillis, long segmentBytes, long maxLogBytes, int maxEntryBytes) {
        this(id, peers, directory, group, minElectionMillis, maxElectionMillis, segmentBytes, maxLogBytes,
                maxEntryBytes, null);
    }

    /** With the defaults for everything that has one. */
    public static RaftSettings of(String id, List<Peer> peers, Path directory, UUID group) {
        return new RaftSettings(id, peers, directory, group, DEFAULT_MIN_ELECTION_MILLIS, DEFAULT_MAX_ELECTION_MILLIS,
                DEFAULT_SEGMENT_BYTES, DEFAULT_MAX_LOG_BYTES, DEFAULT_MAX_ENTRY_BYTES);
    }

    public RaftSettings withSegmentBytes(long newSegmentBytes) {
        return new RaftSettings(id, peers, directory, group, minElectionMillis, maxElectionMillis, newSegmentBytes,
                maxLogBytes, maxEntryBytes, tls);
    }

    public RaftSettings withTls(@Nullable PeerTls newTls) {
        return new RaftSettings(id, peers, directory, group, minElectionMillis, maxElectionMillis, segmentBytes,
                maxLogBytes, maxEntryBytes, newTls);
    }

    private static void inRange(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + "=" + value + " must be from " + min + " to " + max);
        }
    }

    /** This node as the others see it. */
    Peer self() {
        return peers.stream().filter(peer -> peer.id().equals(id)).findFirst().orElseThrow();
    }

    /** Bytes of released entries that are kept for followers that are a little late. */
    long keptBytes() {
        return Math.min(MAX_KEPT_BYTES, maxLogBytes / 4);
    }
}
