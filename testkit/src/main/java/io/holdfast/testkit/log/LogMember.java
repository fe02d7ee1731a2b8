package io.holdfast.testkit.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.engine.Bell;
import io.holdfast.engine.ReplicatedLog;
import io.holdfast.engine.ReplicatedLog.Event;
import io.holdfast.engine.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One node of a group as an engine would be one: it proposes while it leads, one at a time, and keeps what it is told. Everything it
 * is told is held against what the port promises.
 */
final class LogMember {

    private final LogGroup group;
    private final int node;
    private final LogTruth truth;
    private final Bell bell;
    private final List<Read> open = new ArrayList<>();
    private final List<Read> answered = new ArrayList<>();
    private @Nullable ReplicatedLog log;
    private boolean leads;
    private boolean deposed;
    private @Nullable String proposed;
    private long told;
    private long released;

    /** One question whether this node leads. */
    static final class Read {

        private static final long OPEN = -2;

        private final long toldToAnybody;
        private final long toldHere;
        private final AtomicLong answer = new AtomicLong(OPEN);
        private final AtomicInteger answers = new AtomicInteger();

        Read(long toldToAnybody, long toldHere) {
            this.toldToAnybody = toldToAnybody;
            this.toldHere = toldHere;
        }

        boolean isAnswered() {
            return answer.get() != OPEN;
        }

        boolean isConfirmed() {
            return answer.get() >= 0;
        }
    }

    LogMember(LogGroup group, int node, LogTruth truth, Bell bell) {
        this.group = group;
        this.node = node;
        this.truth = truth;
        this.bell = bell;
    }

    private String who() {
        return "node " + node;
    }

    boolean isUp() {
        return log != null;
    }

    boolean leads() {
        return leads;
    }

    /** Whether it may propose. */
    boolean isFree() {
        return leads && proposed == null;
    }

    /** Whether it has proposed something and leads since. */
    boolean isWaiting() {
        return proposed != null;
    }

    long told() {
        return told;
    }

    long released() {
        return released;
    }

    ReplicatedLog log() {
        return Objects.requireNonNull(log, who() + " is down");
    }

    /** Begins a life on a store that holds what the entries up to {@code after} did. */
    void start(long after) throws StorageException {
        ReplicatedLog begun = group.open(node);
        told = after;
        log = begun;
        long last = begun.recover(after, (sequence, payload) -> hear(sequence, text(payload)));
        assertThat(last).as("the last entry that %s is told in its recovery", who()).isEqualTo(told);
        begun.wake(bell);
    }

    /** Ends a life. */
    void stop() throws StorageException {
        ReplicatedLog ended = log();
        down();
        ended.close();
        ended.close();
    }

    void crash() throws StorageException {
        ReplicatedLog dead = log();
        down();
        group.crash(node, dead);
    }

    private void down() {
        log = null;
        leads = false;
        proposed = null;
        assertThat(answered).as("questions of %s that were answered more than once", who())
                .noneMatch(read -> read.answers.get() > 1);
        // Whoever asked has died as well.
        open.clear();
        answered.clear();
    }

    private static String text(ByteBuffer payload) {
        assertThat(payload.isReadOnly()).as("what a node is told is read only").isTrue();
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void hear(long sequence, String payload) {
        assertThat(sequence).as("%s is told", who()).isEqualTo(told + 1);
        told = sequence;
        truth.told(who(), sequence, payload);
    }

    /** Takes what there is. Returns how much that was. */
    int poll() throws StorageException {
        ReplicatedLog from = log;
        if (from == null) {
            return 0;
        }
        int taken = 0;
        for (Event event = from.take(); event != null; event = from.take()) {
            hear(event);
            taken++;
        }
        checkReads();
        return taken;
    }

    private void hear(Event event) {
        switch (event) {
            case Event.Committed committed -> hear(committed);
            case Event.Leads _ -> {
                assertThat(leads).as("%s already leads", who()).isFalse();
                leads = true;
                deposed = false;
            }
            case Event.Follows _ -> {
                assertThat(leads).as("%s is told that it leads no more: it leads", who()).isTrue();
                leads = false;
                proposed = null;
            }
        }
    }

    private void hear(Event.Committed committed) {
        String mine = proposed;
        if (committed.own()) {
            assertThat(mine).as("what %s has proposed since it leads", who()).isNotNull();
            assertThat(deposed).as("%s leads, was told an entry of somebody else, and gets its own committed", who())
                    .isFalse();
            assertThat(committed.payload().hasRemaining()).as("a payload comes with an own entry").isFalse();
            hear(committed.sequence(), Objects.requireNonNull(mine));
            proposed = null;
        } else {
            // While it leads this is of a leader after it: it was told everything of those before.
            deposed |= leads;
            hear(committed.sequence(), text(committed.payload()));
        }
    }

    /** Proposes something new. Returns what. */
    String propose(byte[] payload) throws StorageException {
        proposed = HexFormat.of().formatHex(payload);
        // With something around it, which has to stay out.
        ByteBuffer buffer = ByteBuffer.allocate(payload.length + 7).position(3).put(payload).flip().position(3);
        log().propose(told + 1, buffer);
        SplittableRandom noise = new SplittableRandom(payload.length);
        noise.nextBytes(buffer.array());
        return HexFormat.of().formatHex(payload);
    }

    /** Asks whether this node leads. */
    Read read() {
        Read read = new Read(truth.last(), told);
        open.add(read);
        log().confirmRead(answer -> {
            read.answers.incrementAndGet();
            read.answer.set(answer);
            bell.ring();
        });
        return read;
    }

    private void checkReads() {
        for (Read read : List.copyOf(open)) {
            if (read.isConfirmed()) {
                assertThat(Math.max(read.answer.get(), read.toldHere))
                        .as("through which entry %s has to be to answer what is not stale", who())
                        .isGreaterThanOrEqualTo(read.toldToAnybody);
            }
            if (read.isAnswered()) {
                open.remove(read);
                answered.add(read);
            }
        }
    }

    void release(long through) throws StorageException {
        log().releaseThrough(through);
        released = Math.max(released, through);
    }

    @Override
    public String toString() {
        return who() + (isUp() ? "" : " is down,") + (leads ? " leads," : "") + (proposed != null ? " waits," : "")
                + " was told " + told + " and has released " + released;
    }

    /** Its store is that of another node from now on. Down. */
    void hasCut(long through) {
        released = through;
    }
}
