package io.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The log of a group, where the test says what is committed and who leads. */
final class ScriptedLog implements ReplicatedLog {

    private final Queue<Event> events = new ArrayDeque<>();
    private final List<LongConsumer> readers = new ArrayList<>();
    private long told;
    private long releasedThrough;
    private byte @Nullable [] proposed;

    /** This node leads from here on. */
    ScriptedLog lead() {
        events.add(new Event.Leads());
        return this;
    }

    /** It does not lead any more. */
    ScriptedLog depose() {
        events.add(new Event.Follows());
        return this;
    }

    /** What this node has proposed is committed. Returns it. */
    byte[] commit() {
        byte[] bytes = proposed();
        events.add(new Event.Committed(++told, ByteBuffer.allocate(0), true));
        proposed = null;
        return bytes;
    }

    /** What some node has proposed is committed, as somebody else's. */
    void commit(byte[] bytes) {
        events.add(new Event.Committed(++told, ByteBuffer.wrap(bytes).asReadOnlyBuffer(), false));
    }

    /** What this node has proposed and was not told yet. Forgets it, as a new leader would. */
    byte[] lose() {
        byte[] bytes = proposed();
        proposed = null;
        return bytes;
    }

    private byte[] proposed() {
        byte[] bytes = proposed;
        if (bytes == null) {
            throw new AssertionError("nothing is proposed");
        }
        return bytes;
    }

    boolean hasProposal() {
        return proposed != null;
    }

    /** Those who wait for a confirmation hear this. */
    void confirm(long committedThrough) {
        List<LongConsumer> waiting = List.copyOf(readers);
        readers.clear();
        waiting.forEach(reader -> reader.accept(committedThrough));
    }

    int readers() {
        return readers.size();
    }

    @Override
    public long recover(long after, Log.EntryVisitor visitor) {
        told = after;
        return after;
    }

    @Override
    public void wake(Bell owner) {
        // The test polls.
    }

    @Override
    public @Nullable Event take() {
        return events.poll();
    }

    @Override
    public boolean hasNext() {
        return !events.isEmpty();
    }

    @Override
    public void propose(long sequence, ByteBuffer payload) {
        assertThat(proposed).as("one proposal at a time").isNull();
        assertThat(sequence).isEqualTo(told + 1);
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        proposed = bytes;
    }

    @Override
    public void confirmRead(LongConsumer reader) {
        readers.add(reader);
    }

    @Override
    public void releaseThrough(long sequence) {
        assertThat(sequence).isLessThanOrEqualTo(told);
        releasedThrough = sequence;
    }

    /** Up to here the engine needs no entry any more. */
    long releasedThrough() {
        return releasedThrough;
    }

    @Override
    public long freeBytes() {
        return 1L << 40;
    }

    @Override
    public int maxEntryBytes() {
        return 1 << 20;
    }

    @Override
    public void close() {
        // Nothing to give back.
    }
}
