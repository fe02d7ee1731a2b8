package io.holdfast.raft;

import io.holdfast.core.Check;
import io.holdfast.engine.Bell;
import io.holdfast.engine.Log;
import io.holdfast.engine.ReplicatedLog;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/**
 * The log that a group of nodes agrees on, on Apache Ratis: an entry is durable when a majority has synced it.
 * <p>
 * The sequence counts the entries of the engine as the group has committed them, which is the same on every node. A file of its
 * own says through which entry this node has released its log; from there the counting goes on after a restart.
 * <p>
 * Before Ratis opens its files they are looked through: a node whose files lack what it once had must not vote, because it may have
 * promised something about it (guarantee G9). It is {@link Kind#DAMAGED}, and has to join the group anew.
 * <p>
 * As {@link ReplicatedLog} says it is owned by one thread, but for {@link #confirmRead}, {@link #lastCut} and what is said to be
 * thread-safe.
 */
public final class RaftLog implements ReplicatedLog {

    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0).asReadOnlyBuffer();
    private static final long NO_PROPOSAL = 0;
    /** Of the entries that a group begins with; a first election is for the term after it. */
    private static final long FOUNDING_TERM = 1;
    /** How Ratis writes that it has voted for nobody. */
    private static final String NOBODY = "";
    private static final long DISK_LOOK_NANOS = 100_000_000;

    private enum State {
        NEW, OPEN, CLOSED
    }

    private final RaftSettings settings;
    private final CutInstaller installer;
    private final long life = new SecureRandom().nextLong();
    private final EventQueue events = new EventQueue();
    private State state = State.NEW;
    private @Nullable RaftDirectory directory;
    private @Nullable CutFile cutFile;
    private @Nullable Positions positions;
    private volatile @Nullable RaftMember member;
    private volatile Cut lastCut;
    /** What the owner knows of. */
    private long leadership = EventQueue.NONE;
    private long lastTold;
    private long proposed = NO_PROPOSAL;
    private long releaseLater;
    private long diskFreeBytes;
    private long diskLookedAtNanos;

    /** @param installer told when this node cannot catch up by the log alone */
    public RaftLog(RaftSettings settings, CutInstaller installer) {
        this.settings = settings;
        this.installer = installer;
        this.lastCut = Cut.nothing(Members.founding(settings.peers()));
    }

    /**
     * Puts a cut of another node under the log of this one: from now on it goes on after that cut. To be called when the cut is
     * durable in the store, and no {@link RaftLog} has the directory. Durable on return; after a crash on the way it can be called
     * again.
     *
     * @throws StorageException if the log of this node is damaged or in use, or has released entries after that cut
     */
    public static void acceptCut(RaftSettings settings, Cut cut) throws StorageException {
        try (RaftDirectory directory = RaftDirectory.open(settings)) {
            CutFile file = new CutFile(directory);
            CutFile.Content before = file.read();
            requireOwn(settings, directory, before);
            if (before != null && before.cut().sequence() > cut.sequence()) {
                throw directory.damaged("a cut at entry " + cut.sequence() + " is offered, and entries up to "
                        + before.cut().sequence() + " are released");
            }
            if (!directory.hasVote()) {
                throw directory.damaged("the term and the vote of this node are missing");
            }
            LogScan.of(directory, cut);
            file.write(new CutFile.Content(cut, CutFile.Origin.ACCEPTED, settings.id()));
        }
    }

    /**
     * Whether there is no log and never was, as far as its directory shows: a node that begins a new group, or has lost what it had.
     *
     * @throws StorageException if the directory cannot be read, is in use, or holds something else
     */
    public static boolean isNew(RaftSettings settings) throws StorageException {
        try (RaftDirectory directory = RaftDirectory.open(settings)) {
            boolean isNew = new CutFile(directory).read() == null && !directory.hasVote() && !directory.hasAnything();
            if (isNew) {
                directory.requireNothingElse();
            }
            return isNew;
        }
    }

    /**
     * Begins the log of a node that has lost its own, in an empty directory: it goes on after a cut of the leader that has given the
     * mark. To be called when the cut is durable in the store. Durable on return; after a crash on the way it can be called again.
     *
     * @throws StorageException         if there is a log already, or the directory is in use
     * @throws IllegalArgumentException if the cut is older than the mark
     */
    public static void join(RaftSettings settings, Cut cut, Mark mark) throws StorageException {
        beginAfter(settings, mark.notBefore(cut), mark.term(), mark.leader());
    }

    /**
     * Begins the log of a founder whose store is not empty: it goes on after the entry that the store has reached, as if a group
     * had agreed on all up to there in the first term, in which nobody can be elected any more. Every founder that begins with the
     * same store begins with the same log. To be called when the store is durable, and before any {@link RaftLog} has had the
     * directory. Durable on return; after a crash on the way it can be called again.
     *
     * @param sequence of the last entry that the store holds, at least 1
     * @throws StorageException if there is another log already, or the directory is in use
     */
    public static void found(RaftSettings settings, long sequence) throws StorageException {
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence=" + sequence + ": a store without entries needs no cut");
        }
        beginAfter(settings, new Cut(sequence, FOUNDING_TERM, sequence - 1, Members.founding(settings.peers())),
                FOUNDING_TERM, NOBODY);
    }

    private static void beginAfter(RaftSettings settings, Cut begin, long term, String votedFor)
            throws StorageException {
        try (RaftDirectory directory = RaftDirectory.open(settings)) {
            CutFile file = new CutFile(directory);
            CutFile.Content before = file.read();
            CutFile.Content begun = new CutFile.Content(begin, CutFile.Origin.ACCEPTED, settings.id());
            boolean isBegun = begun.equals(before);
            if (before == null ? directory.hasAnything() : !isBegun) {
                throw directory.damaged("there is a log of this node already, so it cannot begin anew");
            }
            if (isBegun && directory.hasVote()) {
                return;
            }
            file.write(begun);
            directory.writeVote(term, votedFor);
        }
    }

    private static void requireOwn(RaftSettings settings, RaftDirectory directory, CutFile.@Nullable Content content)
            throws StorageException {
        if (content != null && !content.node().equals(settings.id())) {
            throw directory.damaged("it is that of node " + content.node() + ", and this is node " + settings.id());
        }
    }

    /**
     * {@inheritDoc}
     * <p>
     * Starts this node's part of the group. Nothing is visited: only a leader knows what is committed.
     */
    @Override
    public long recover(long after, Log.EntryVisitor visitor) throws StorageException {
        Check.that(state == State.NEW, "recover is called once, first");
        RaftDirectory opened = RaftDirectory.open(settings);
        directory = opened;
        state = State.OPEN;
        boolean started = false;
        try {
            start(opened, after);
            started = true;
        } finally {
            if (!started) {
                state = State.CLOSED;
                closeAfterFailure(opened);
            }
        }
        lastTold = after;
        return after;
    }

    /** Ratis must not go on to vote for a log that nobody owns. */
    private void closeAfterFailure(RaftDirectory opened) throws StorageException {
        RaftMember running = member;
        try {
            if (running != null) {
                running.close();
            }
        } finally {
            opened.close();
        }
    }

    private void start(RaftDirectory opened, long after) throws StorageException {
        CutFile file = new CutFile(opened);
        cutFile = file;
        CutFile.Content content = file.read();
        requireOwn(settings, opened, content);
        opened.requireNotRemoved(settings.id());
        Cut cut = content == null ? lastCut : content.cut();
        requireVote(opened, after, content);
        if (after < cut.sequence()) {
            throw opened.damaged(
                    "entries up to " + cut.sequence() + " are released, but the store holds what entries up to "
                            + after + " did");
        }
        LogScan scan = LogScan.of(opened, cut);
        boolean released = content != null && content.origin() == CutFile.Origin.RELEASED && cut.index() >= 0;
        if (released && !scan.holdsCut()) {
            throw opened.damaged("entry " + cut.sequence() + ", the last one that was released, is not in it");
        }
        if (!released && !scan.fits()) {
            requireAccepted(opened, content, scan);
            if (scan.firstIndex() > cut.index() + 1) {
                // What a cut replaces ends before it, or is another history: it never begins behind it.
                throw opened.damaged("entries from " + (cut.index() + 1) + " to " + (scan.firstIndex() - 1)
                        + " of the group are missing");
            }
            scan.discard();
            scan = LogScan.of(opened, cut);
        }
        if (scan.lastSequence() < after) {
            throw opened
                    .damaged("it ends with entry " + scan.lastSequence() + ", but the store holds what entries up to "
                            + after + " did");
        }
        scan.settle();
        lastCut = cut;
        Positions known = new Positions(cut.sequence());
        positions = known;
        opened.writeMembers(cut.members());
        boolean isAlone = cut.members().peers().size() == 1 && cut.members().has(settings.id())
                && scan.mostMembers() <= 1;
        member = RaftMember.start(settings, isAlone, opened, cut, after, life, events, known, installer);
        if (content == null) {
            // From now on it is known that this node had a vote.
            file.write(new CutFile.Content(cut, CutFile.Origin.RELEASED, settings.id()));
        }
    }

    private static void requireVote(RaftDirectory opened, long after, CutFile.@Nullable Content content)
            throws StorageException {
        if (opened.hasVote()) {
            return;
        }
        if (content != null) {
            throw opened.damaged("the term and the vote of this node are missing");
        }
        if (after > 0) {
            throw opened.damaged("it is new, but the store holds what entries up to " + after + " did");
        }
        if (opened.hasAnything()) {
            throw opened.damaged("the term and the vote of this node are missing, and other files are there");
        }
    }

    private static void requireAccepted(RaftDirectory opened, CutFile.@Nullable Content content, LogScan scan)
            throws StorageException {
        if (content == null || content.cut().index() < 0) {
            throw opened
                    .damaged("it begins with entry " + scan.firstIndex() + " of the group, and nothing was released");
        }
    }

    @Override
    public void wake(Bell owner) {
        events.wake(owner);
    }

    @Override
    public boolean hasNext() {
        return events.hasNext();
    }

    @Override
    public @Nullable Event take() throws StorageException {
        requireOpen();
        if (releaseLater > lastCut.sequence()) {
            releaseThrough(releaseLater);
        }
        return switch (events.take()) {
            case null -> null;
            case EventQueue.Event.Entry entry -> committed(entry);
            case EventQueue.Event.Leads leads -> {
                leadership = leads.leadership();
                proposed = NO_PROPOSAL;
                yield new Event.Leads();
            }
            case EventQueue.Event.Follows follows -> {
                leadership = EventQueue.NONE;
                proposed = NO_PROPOSAL;
                yield new Event.Follows();
            }
        };
    }

    private Event.Committed committed(EventQueue.Event.Entry entry) {
        Check.that(entry.sequence() == lastTold + 1, "entry %s follows %s", entry.sequence(), lastTold);
        lastTold = entry.sequence();
        boolean own = proposed != NO_PROPOSAL && entry.life() == life && entry.number() == proposed;
        if (own) {
            proposed = NO_PROPOSAL;
        }
        return new Event.Committed(entry.sequence(), own ? NO_BYTES : entry.payload(), own);
    }

    @Override
    public void propose(long sequence, ByteBuffer payload) throws StorageException {
        RaftMember open = requireOpen();
        Check.that(leadership != EventQueue.NONE, "only who leads proposes");
        Check.that(proposed == NO_PROPOSAL, "one proposal at a time");
        Check.that(sequence == lastTold + 1, "sequence=%s follows %s", sequence, lastTold);
        if (payload.remaining() > maxEntryBytes()) {
            throw new StorageException(Kind.FULL, "an entry of " + payload.remaining()
                    + " bytes does not fit into the raft log in " + settings.directory() + "; the largest may have "
                    + maxEntryBytes());
        }
        proposed = open.propose(leadership, payload);
    }

    /** {@inheritDoc} Takes one round of messages to a majority, for all that ask while the one before is under way. */
    @Override
    public void confirmRead(LongConsumer told) {
        RaftMember open = member;
        if (open == null) {
            told.accept(-1);
        } else {
            open.confirmRead(told);
        }
    }

    /**
     * {@inheritDoc}
     * <p>
     * Durable on return. The files of the entries between this release and the one before are kept for followers that are a little
     * late, if they are not too large.
     */
    @Override
    public void releaseThrough(long sequence) throws StorageException {
        RaftMember open = requireOpen();
        Check.that(sequence <= lastTold, "released sequence=%s is at most %s", sequence, lastTold);
        if (sequence <= lastCut.sequence()) {
            return;
        }
        Positions known = Objects.requireNonNull(positions);
        if (sequence > known.last()) {
            // The store is ahead of what the group has told again yet.
            releaseLater = sequence;
            return;
        }
        long unreleasedBytes = known.bytes();
        TermIndex at = known.at(sequence);
        Cut cut = new Cut(sequence, at.getTerm(), at.getIndex(), open.membersAt(at.getIndex()));
        Objects.requireNonNull(cutFile).write(new CutFile.Content(cut, CutFile.Origin.RELEASED, settings.id()));
        known.release(sequence);
        boolean keepsLast = unreleasedBytes - known.bytes() <= settings.keptBytes();
        Cut before = lastCut;
        lastCut = cut;
        open.release(cut, keepsLast ? before : cut);
    }

    /** Has an entry committed that was made after this call. Thread-safe. */
    public CompletableFuture<Mark> mark() {
        RaftMember open = member;
        return open == null
                ? CompletableFuture.failedFuture(new IllegalStateException("the log is not open"))
                : open.mark();
    }

    /**
     * Asks another node to lead if this one does. Thread-safe.
     *
     * @param withinMillis for how long it is tried
     * @return completes with the id of the node that leads now, empty if this one did not lead; exceptionally if no other took over
     */
    public CompletableFuture<Optional<String>> handOver(int withinMillis) {
        RaftMember open = member;
        return open == null ? CompletableFuture.completedFuture(Optional.empty()) : open.handOver(withinMillis);
    }

    /** In which this node is; 0 if its log is not open. Thread-safe. */
    public long term() {
        RaftMember open = member;
        return open == null ? 0 : open.term();
    }

    /**
     * Adds a member if this node leads, one at a time: when it takes entries and has caught up, it votes. Thread-safe.
     *
     * @return completes with the members there are then, also if it was one already; exceptionally with {@link MembersRefused}
     */
    public CompletableFuture<List<RaftSettings.Peer>> addMember(RaftSettings.Peer added) {
        RaftMember open = member;
        return open == null ? CompletableFuture.failedFuture(notOpen()) : open.reconfiguration().add(added);
    }

    /** Removes a member other than this node if this node leads; as {@link #addMember}. Thread-safe. */
    public CompletableFuture<List<RaftSettings.Peer>> removeMember(String id) {
        RaftMember open = member;
        return open == null ? CompletableFuture.failedFuture(notOpen()) : open.reconfiguration().remove(id);
    }

    private static MembersRefused notOpen() {
        return new MembersRefused(MembersRefused.Reason.NO_LEADER, "this node has no log yet");
    }

    /** The last cut that this node has released its log through, for nodes that need one. Thread-safe. */
    public Cut lastCut() {
        return lastCut;
    }

    /**
     * {@inheritDoc}
     * <p>
     * Of the bound that was set, or of the disk if that has less. Thread-safe only if nobody else calls it.
     */
    @Override
    public long freeBytes() {
        Positions known = positions;
        long free = known == null ? settings.maxLogBytes() : settings.maxLogBytes() - known.bytes();
        return Math.max(0, Math.min(free, diskFreeBytes()));
    }

    private long diskFreeBytes() {
        long now = System.nanoTime();
        if (diskLookedAtNanos == 0 || now - diskLookedAtNanos > DISK_LOOK_NANOS) {
            diskLookedAtNanos = now;
            try {
                diskFreeBytes = Files.getFileStore(settings.directory()).getUsableSpace();
            } catch (IOException e) {
                diskFreeBytes = Long.MAX_VALUE;
            }
        }
        return diskFreeBytes;
    }

    @Override
    public int maxEntryBytes() {
        return settings.maxEntryBytes();
    }

    private RaftMember requireOpen() {
        Check.that(state == State.OPEN, "the log is open, not %s", state);
        return Objects.requireNonNull(member);
    }

    /** {@inheritDoc} There is no mark of a clean stop: what a leader has committed decides what counts. */
    @Override
    public void close() throws StorageException {
        if (state != State.OPEN) {
            state = State.CLOSED;
            return;
        }
        state = State.CLOSED;
        try {
            Objects.requireNonNull(member).close();
        } finally {
            Objects.requireNonNull(directory).close();
        }
    }
}
