package io.holdfast.server.cluster;

import io.holdfast.engine.StorageException;
import java.io.IOException;

/** A node that has cuts for others. Thread-safe; one at a time. */
public interface CutSource {

    /**
     * Takes a cut and keeps the store as it is then, until {@link #drop}. Blocks.
     *
     * @param withMark for a node that has no log; only the leader can give it
     * @throws IOException if none can be taken now; the message says why
     */
    OfferedCut take(boolean withMark) throws IOException, InterruptedException;

    /** Gives back what was kept. */
    void drop() throws StorageException;
}
