package io.holdfast.raft;

import io.holdfast.raft.RaftSettings.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.protocol.RaftPeer;

/**
 * Who votes, as an entry of the log of the group says: it holds from that entry to the next of its kind.
 *
 * @param term     of that entry
 * @param index    of that entry in the log of the group; -1 for those with which the group begins
 * @param peers    the voters
 * @param previous while they change, those before: then a majority of these is needed as well; else nobody
 */
public record Members(long term, long index, List<Peer> peers, List<Peer> previous) {

    /** Above what nine of the longest names and addresses take, and the nine before them. */
    static final int MAX_CHARS = 64 << 10;

    private static final Pattern TEXT = Pattern.compile("(\\d{1,18}) (-?\\d{1,18}) (\\S+) (\\S+)");
    private static final String NOBODY = "-";
    private static final String BETWEEN_PEERS = ";";
    private static final String BETWEEN_PARTS = ",";
    private static final int PARTS = 3;

    public Members {
        peers = List.copyOf(peers);
        previous = List.copyOf(previous);
        if (term < 0 || index < -1 || peers.isEmpty()) {
            throw new IllegalArgumentException("no such members: term=" + term + " index=" + index + " peers=" + peers);
        }
    }

    /** Those with which a group begins. */
    static Members founding(List<Peer> peers) {
        return new Members(0, -1, peers, List.of());
    }

    static Members of(long term, long index, RaftConfigurationProto entry) {
        return new Members(term, index, peers(entry.getPeersList()), peers(entry.getOldPeersList()));
    }

    private static List<Peer> peers(List<RaftPeerProto> peers) {
        return peers.stream().map(peer -> Peer.of(peer.getId().toStringUtf8(), peer.getAddress(),
                peer.getClientAddress())).toList();
    }

    /** Whether no change is under way. */
    public boolean isStable() {
        return previous.isEmpty();
    }

    /** Whether a node of that id is one of the voters. */
    public boolean has(String id) {
        return peers.stream().anyMatch(peer -> peer.id().equals(id));
    }

    /** The entry as Ratis has it. */
    LogEntryProto entry() {
        RaftConfigurationProto.Builder both = RaftConfigurationProto.newBuilder();
        peers.forEach(peer -> both.addPeers(ratis(peer).getRaftPeerProto()));
        previous.forEach(peer -> both.addOldPeers(ratis(peer).getRaftPeerProto()));
        return LogEntryProto.newBuilder().setTerm(term).setIndex(index).setConfigurationEntry(both).build();
    }

    /** As Ratis has it. What others are to know beside the address of the log goes where Ratis keeps an address for its clients. */
    static RaftPeer ratis(Peer peer) {
        RaftPeer.Builder made = RaftPeer.newBuilder().setId(peer.id()).setAddress(peer.address());
        return peer.api().isEmpty() ? made.build() : made.setClientAddress(peer.api()).build();
    }

    /** One line that {@link #parse} reads. */
    public String text() {
        return term + " " + index + " " + text(peers) + " " + text(previous);
    }

    private static String text(List<Peer> peers) {
        return peers.isEmpty()
                ? NOBODY
                : String.join(BETWEEN_PEERS, peers.stream()
                        .map(peer -> String.join(BETWEEN_PARTS, peer.id(), peer.address(), peer.api())).toList());
    }

    /** @throws IllegalArgumentException if it is not what {@link #text} has made */
    public static Members parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (text.length() > MAX_CHARS || !parts.matches()) {
            throw new IllegalArgumentException("these are no members");
        }
        return new Members(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)), parse(parts.group(3), false),
                parse(parts.group(4), true));
    }

    private static List<Peer> parse(String text, boolean mayBeNobody) {
        List<Peer> peers = new ArrayList<>();
        if (mayBeNobody && text.equals(NOBODY)) {
            return peers;
        }
        for (String each : text.split(BETWEEN_PEERS, -1)) {
            String[] parts = each.split(BETWEEN_PARTS, -1);
            if (parts.length != PARTS) {
                throw new IllegalArgumentException(each + " is no member");
            }
            peers.add(Peer.of(parts[0], parts[1], parts[2]));
        }
        return peers;
    }
}
