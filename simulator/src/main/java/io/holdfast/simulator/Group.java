package io.holdfast.simulator;

import io.holdfast.core.Entry;
import io.holdfast.engine.Bell;
import io.holdfast.engine.Log;
import io.holdfast.engine.ReplicatedLog;
import io.holdfast.engine.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A model of the log that a group of nodes agrees on: what {@link ReplicatedLog} promises, and no more. It has no messages of its
 * own; who reaches whom decides who can lead, commit and confirm. At most one node holds the newest term; others may believe to
 * lead for as long as nobody tells them. What a deposed leader had proposed is adopted by the next one or lost. A node that has
 * lost its disk has no vote until it has caught up.
 */
final class Group {

    private static final int MAX_ENTRY_BYTES = 32 << 10;
    private static final long FREE_BYTES = 1L << 40;
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private static final int TICK_MILLIS = 150;
    private static final int MIN_ELECTION_MILLIS = 600;
    private static final int MAX_ELECTION_MILLIS = 2_000;
    private static final int MAX_TRIP_MILLIS = 6;
    private static final int RETRY_MILLIS = 60;
    private static final int GIVE_UP_LEADING_MILLIS = 6_000;
    private static final int READ_TIMEOUT_MILLIS = 3_000;
    private static final int MAX_KEPT_ENTRIES = 100;
    private static final int LEAST_OFTEN_LATE = 8;
    private static final int MAX_LATE_MILLIS = 300;

    private final World world;
    private final Schedule schedule;
    private final RandomGenerator random;
    private final Host host;
    private final Member[] members;
    private final List<byte[]> entries = new ArrayList<>();
    private long term;
    private @Nullable Copy leader;
    private @Nullable Proposal proposal;
    private long leaderlessSince;
    private long electAfterMillis;
    private int elections;
    /** Entries that a node keeps behind its last cut, for those that are a little late. */
    private final int keptEntries;
    /** How often, and how much later than the group, a leader hears that its entry is committed. */
    private final int lateOneOf;
    private final int lateMillis;

    /** What the model asks of the nodes. */
    interface Host {
        /** A node lacks entries that its leader has released: it starts anew from a cut of the leader. */
        void installCut(int node, int leader);
    }

    /** What outlives processes. */
    private static final class Member {
        private boolean votes = true;
        private long releasedThrough;
        private @Nullable Copy copy;
    }

    private static final class Proposal {
        final Copy by;
        final byte[] payload;

        Proposal(Copy by, byte[] payload) {
            this.by = by;
            this.payload = payload;
        }
    }

    Group(World world, Host host) {
        this.world = world;
        this.schedule = world.schedule;
        this.random = world.streams.of("group");
        this.host = host;
        this.members = new Member[world.nodes];
        for (int i = 0; i < members.length; i++) {
            members[i] = new Member();
        }
        keptEntries = random.nextInt(MAX_KEPT_ENTRIES);
        lateOneOf = 1 + random.nextInt(LEAST_OFTEN_LATE);
        lateMillis = 1 + random.nextInt(MAX_LATE_MILLIS);
        drawElectionTimeout();
        schedule.after(TICK_MILLIS, this::tick);
    }

    /** How often a node has taken the lead. */
    int elections() {
        return elections;
    }

    /** The part of a node in one of its lives. */
    Copy join(int node) {
        Copy copy = new Copy(node);
        members[node].copy = copy;
        return copy;
    }

    /** Whether a node can lose its disk without the group losing what it has promised. */
    boolean mayLoseDisk(int node) {
        int voters = 0;
        for (int i = 0; i < members.length; i++) {
            voters += i != node && members[i].votes ? 1 : 0;
        }
        return voters >= majority();
    }

    /** A node has lost everything. It comes back with no vote. */
    void lostDisk(int node) {
        members[node].votes = false;
        members[node].releasedThrough = 0;
    }

    /** Another node that could leads from now on, although nothing is wrong. */
    void changeLeader() {
        elect(leader);
    }

    private int majority() {
        return members.length / 2 + 1;
    }

    private boolean reachesMajority(Copy copy) {
        int reached = 0;
        for (Member member : members) {
            Copy other = member.copy;
            if (member.votes && other != null && other.isUp()
                    && (other == copy || world.network.reaches(copy.node, other.node)
                            && world.network.reaches(other.node, copy.node))) {
                reached++;
            }
        }
        return reached >= majority();
    }

    private void tick() {
        schedule.after(TICK_MILLIS, this::tick);
        Copy leads = leader;
        if (leads != null && leads.isUp() && reachesMajority(leads)) {
            leaderlessSince = schedule.nowMillis();
            deliver(leads);
        } else if (schedule.nowMillis() - leaderlessSince > electAfterMillis) {
            elect(null);
        }
        for (Member member : members) {
            Copy copy = member.copy;
            if (copy != null && copy.isUp()) {
                copy.noticeWhetherDeposed();
            }
        }
    }

    private void drawElectionTimeout() {
        electAfterMillis = random.nextInt(MIN_ELECTION_MILLIS, MAX_ELECTION_MILLIS);
    }

    private void elect(@Nullable Copy not) {
        List<Copy> candidates = new ArrayList<>();
        for (Member member : members) {
            Copy copy = member.copy;
            if (copy != null && member.votes && copy != not && copy.isUp() && reachesMajority(copy)) {
                candidates.add(copy);
            }
        }
        if (candidates.isEmpty()) {
            return;
        }
        Copy winner = candidates.get(random.nextInt(candidates.size()));
        decideProposal();
        term++;
        elections++;
        leader = winner;
        winner.wins();
        leaderlessSince = schedule.nowMillis();
        drawElectionTimeout();
        if (world.trace.isOn()) {
            world.say("node " + winner.node + " leads term " + term + " from entry " + entries.size());
        }
    }

    /** The leader before had proposed something: the next one has it and gets it committed, or nobody ever will. */
    private void decideProposal() {
        Proposal open = proposal;
        proposal = null;
        if (open != null && !world.faults.strikes(Fault.LOST_PROPOSAL) && random.nextInt(3) > 0) {
            commit(open.payload);
            if (world.trace.isOn()) {
                world.say("what node " + open.by.node + " had proposed becomes entry " + entries.size());
            }
        }
    }

    private void commit(byte[] payload) {
        entries.add(payload);
        Entry entry = world.truth.decode(entries.size(), ByteBuffer.wrap(payload));
        world.truth.apply(entry);
    }

    /** The leader sends what it has to whom it reaches. */
    private void deliver(Copy from) {
        for (Member member : members) {
            Copy to = member.copy;
            if (to == null || to == from || !to.alive || !world.network.reaches(from.node, to.node)) {
                continue;
            }
            if (members[from.node].releasedThrough > to.available) {
                if (to.isUp()) {
                    host.installCut(to.node, from.node);
                }
            } else {
                long through = entries.size();
                schedule.after(trip(), () -> to.learns(through));
            }
        }
    }

    private int trip() {
        return 1 + random.nextInt(MAX_TRIP_MILLIS);
    }

    /** One life of one node's part. */
    final class Copy implements ReplicatedLog {

        private final int node;
        private boolean alive = true;
        private boolean paused;
        /** Entries known to be committed. */
        private long available;
        private long told;
        /** The term that this node believes to lead; 0 for none. */
        private long leads;
        /** Leading begins for the engine after this entry; -1 for nothing to tell. */
        private long leadsAfter = -1;
        private boolean toldToLead;
        private boolean followsDue;
        /** The entry that the engine will recognise as its own; 0 for none. */
        private long own;
        private boolean proposing;
        private long lastReachedMillis = schedule.nowMillis();
        /** Whether there may be something for the engine to take. */
        private boolean touched;

        Copy(int node) {
            this.node = node;
        }

        boolean isTouched() {
            return touched;
        }

        void untouch() {
            touched = false;
        }

        private boolean isUp() {
            return alive && !paused;
        }

        void die() {
            alive = false;
        }

        /** Nothing reaches a process that stands still. */
        void pause(boolean standsStill) {
            paused = standsStill;
        }

        private void learns(long through) {
            if (alive && through > available) {
                available = through;
                if (available == entries.size()) {
                    members[node].votes = true;
                }
                touched = true;
            }
        }

        private void wins() {
            if (leads != 0) {
                stepDown();
            }
            leads = term;
            available = entries.size();
            leadsAfter = available;
            touched = true;
            lastReachedMillis = schedule.nowMillis();
        }

        private void stepDown() {
            touched = true;
            leads = 0;
            leadsAfter = -1;
            own = 0;
            proposing = false;
            if (toldToLead) {
                toldToLead = false;
                followsDue = true;
            }
            if (world.trace.isOn()) {
                world.say("node " + node + " finds that it does not lead");
            }
        }

        /** By a message of the new leader, or because nobody answers any more. */
        private void noticeWhetherDeposed() {
            if (leads == 0) {
                return;
            }
            Copy newest = leader;
            if (reachesMajority(this)) {
                lastReachedMillis = schedule.nowMillis();
            }
            boolean hears = leads < term && newest != null && newest.isUp() && world.network.reaches(newest.node, node);
            if (hears || schedule.nowMillis() - lastReachedMillis > GIVE_UP_LEADING_MILLIS) {
                if (leader == this) {
                    // It does not lead any more, but what it has proposed may still be found by the next one.
                    leader = null;
                }
                stepDown();
            }
        }

        @Override
        public long recover(long after, Log.EntryVisitor visitor) throws StorageException {
            long known = Math.max(after, members[node].releasedThrough);
            Violation.unless(known == after, "node %s has released entries up to %s, its store has %s", node, known,
                    after);
            // A node knows of some of its entries at once that they are committed, of others when it hears of the leader.
            long through = members[node].votes ? random.nextLong(after, entries.size() + 1L) : after;
            for (long sequence = after + 1; sequence <= through; sequence++) {
                visitor.entry(sequence, ByteBuffer.wrap(entries.get((int) sequence - 1)).asReadOnlyBuffer());
            }
            told = through;
            available = through;
            return through;
        }

        @Override
        public void wake(Bell owner) {
            // Nobody sleeps on a bell here: the runner asks whether something has come.
        }

        @Override
        public boolean hasNext() {
            return followsDue || told < available || leadsAfter >= 0;
        }

        @Override
        public @Nullable Event take() {
            if (followsDue) {
                followsDue = false;
                return new Event.Follows();
            }
            if (leadsAfter >= 0 && told == leadsAfter) {
                leadsAfter = -1;
                toldToLead = true;
                return new Event.Leads();
            }
            if (told >= available) {
                return null;
            }
            told++;
            if (told == own) {
                own = 0;
                return new Event.Committed(told, NO_BYTES, true);
            }
            return new Event.Committed(told, ByteBuffer.wrap(entries.get((int) told - 1)).asReadOnlyBuffer(), false);
        }

        @Override
        public void propose(long sequence, ByteBuffer payload) {
            Violation.unless(toldToLead && !proposing, "node %s proposes although it may not", node);
            Violation.unless(sequence == told + 1, "node %s proposes entry %s after %s", node, sequence, told);
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            proposing = true;
            if (leader == this && leads == term) {
                Proposal mine = new Proposal(this, bytes);
                proposal = mine;
                schedule.after(trip(), () -> tryToCommit(mine));
            }
        }

        private void tryToCommit(Proposal mine) {
            // Once it has given up, the next leader decides what becomes of it.
            if (proposal != mine || !alive || leader != this || leads != term) {
                return;
            }
            if (paused || !reachesMajority(this)) {
                schedule.after(RETRY_MILLIS, () -> tryToCommit(mine));
                return;
            }
            proposal = null;
            commit(mine.payload);
            long sequence = entries.size();
            long ofTerm = leads;
            if (random.nextInt(lateOneOf) == 0) {
                schedule.after(1 + random.nextInt(lateMillis), () -> hearsOfItsOwn(sequence, ofTerm));
            } else {
                hearsOfItsOwn(sequence, ofTerm);
            }
            deliver(this);
        }

        /** A log knows what is committed before it has told it. Meanwhile this node may have been deposed, and be told by others. */
        private void hearsOfItsOwn(long sequence, long ofTerm) {
            if (leads == ofTerm && told < sequence) {
                own = sequence;
                proposing = false;
            }
            learns(sequence);
        }

        @Override
        public void confirmRead(LongConsumer asker) {
            if (!toldToLead) {
                asker.accept(-1);
                return;
            }
            long committed = entries.size();
            long ofTerm = leads;
            long until = schedule.nowMillis() + READ_TIMEOUT_MILLIS;
            schedule.after(trip(), () -> tryToConfirm(asker, committed, ofTerm, until));
        }

        private void tryToConfirm(LongConsumer asker, long committed, long ofTerm, long untilMillis) {
            if (!alive) {
                return;
            }
            touched = true;
            if (paused) {
                schedule.after(RETRY_MILLIS, () -> tryToConfirm(asker, committed, ofTerm, untilMillis));
            } else if (leader == this && leads == ofTerm && ofTerm == term && reachesMajority(this)) {
                asker.accept(committed);
            } else if (leads != ofTerm || schedule.nowMillis() > untilMillis) {
                asker.accept(-1);
            } else {
                schedule.after(RETRY_MILLIS, () -> tryToConfirm(asker, committed, ofTerm, untilMillis));
            }
        }

        @Override
        public void releaseThrough(long sequence) {
            Violation.unless(sequence <= told, "node %s releases entry %s and was told %s", node, sequence, told);
            members[node].releasedThrough = Math.max(members[node].releasedThrough, sequence - keptEntries);
        }

        @Override
        public long freeBytes() {
            return FREE_BYTES;
        }

        @Override
        public int maxEntryBytes() {
            return MAX_ENTRY_BYTES;
        }

        @Override
        public void close() {
            die();
        }
    }
}
