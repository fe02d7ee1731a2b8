package io.holdfast.engine;

import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The log of a node that is alone: it leads from its start to its end, and what it has written is committed. */
final class OneCopy implements ReplicatedLog {

    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final Log log;
    private @Nullable Event next;

    OneCopy(Log log) {
        this.log = log;
    }

    @Override
    public long recover(long after, Log.EntryVisitor visitor) throws StorageException {
        long last = log.recover(after, visitor);
        next = new Event.Leads();
        return last;
    }

    @Override
    public void wake(Bell owner) {
        // Nothing ever comes that the owner has not asked for itself.
    }

    @Override
    public @Nullable Event take() {
        Event taken = next;
        next = null;
        return taken;
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public void propose(long sequence, ByteBuffer payload) throws StorageException {
        log.append(sequence, payload);
        next = new Event.Committed(sequence, NO_BYTES, true);
    }

    /** What was acknowledged has been applied, and nobody else acknowledges anything. */
    @Override
    public void confirmRead(LongConsumer told) {
        told.accept(0);
    }

    @Override
    public void releaseThrough(long sequence) throws StorageException {
        log.releaseThrough(sequence);
    }

    @Override
    public long freeBytes() {
        return log.freeBytes();
    }

    @Override
    public int maxEntryBytes() {
        return log.maxEntryBytes();
    }

    @Override
    public void close() throws StorageException {
        log.close();
    }
}
