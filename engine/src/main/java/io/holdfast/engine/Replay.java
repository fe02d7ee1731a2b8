package io.holdfast.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.core.Core;
import io.holdfast.core.Outcome;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.engine.codec.EntryReader;
import java.nio.ByteBuffer;

/** Brings a core from the cut it was restored from to the end of the log. Owned by one thread, as the core. */
public final class Replay {

    private final Core core;
    private final EntryReader reader = new EntryReader();
    private final long cutSequence;

    /** @param core as the store gave it back */
    public Replay(Core core) {
        this.core = core;
        this.cutSequence = core.sequence();
    }

    /** The entry up to which the cut has everything. */
    public long cutSequence() {
        return cutSequence;
    }

    /**
     * Applies the next entry behind the cut.
     *
     * @throws StorageException      if it is not the next one or cannot be read
     * @throws IllegalStateException if it breaks an invariant of the core
     */
    public Outcome apply(long sequence, ByteBuffer payload) throws StorageException {
        if (sequence != core.sequence() + 1) {
            throw apart("the log begins with entry " + sequence + ", the store ends with entry " + cutSequence);
        }
        try {
            return core.step(reader.read(sequence, payload));
        } catch (InvalidProtocolBufferException e) {
            throw new StorageException(Kind.DAMAGED, "log entry " + sequence + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Checks that everything has been applied.
     *
     * @param last of the log
     */
    public void end(long last) throws StorageException {
        if (last != core.sequence()) {
            throw apart("the log ends with entry " + last + ", the store with entry " + cutSequence);
        }
    }

    private static StorageException apart(String what) {
        return new StorageException(Kind.DAMAGED,
                what + ": they do not belong together, or files of one of them are missing");
    }
}
