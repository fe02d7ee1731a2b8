package io.holdfast.testkit.log;

import io.holdfast.engine.Bell;
import io.holdfast.engine.ReplicatedLog;
import io.holdfast.engine.StorageException;
import java.util.SplittableRandom;

/**
 * Nodes with a {@link ReplicatedLog} that they agree on, and what can be done to them, for {@link ReplicatedLogConformance}. Owned
 * by one thread.
 */
public interface LogGroup extends AutoCloseable {

    /** How many nodes there are, numbered from 0. They begin empty, connected and down. */
    int size();

    /** The next life of a node, on what it has; not recovered. */
    ReplicatedLog open(int node) throws StorageException;

    /** The process of a node dies: what it has not made durable is gone. */
    void crash(int node, ReplicatedLog log) throws StorageException;

    /** From now on nothing gets from this node to the others, nor from them to it. */
    void isolate(int node);

    /** The node is connected again. */
    void reconnect(int node);

    /**
     * Lets a little time pass, at most some milliseconds.
     *
     * @param bell rung by the logs; whoever waits for real waits for it
     */
    void pass(Bell bell);

    /** The time that has passed. */
    long nowMillis();

    /** What a proposal holds; no two are the same. */
    byte[] payload(SplittableRandom random, long unique);

    /** Whether a proposal may be any bytes; else only what {@link #payload} makes. */
    boolean takesAnyBytes();

    /** So many entries have to be committed between releases for some to be gone. */
    int entriesUntilReleased();

    /** A node that is up and cannot catch up, because the others have released what it lacks; -1 for none. Told once in a life. */
    int needsCut();

    /**
     * A node that is down has the store of another one from now on.
     *
     * @param donor    the log of the other one, which is up
     * @param released through which entry the other one has released its log, and its store has everything
     */
    void installCut(int node, ReplicatedLog donor, long released) throws StorageException;

    @Override
    void close() throws StorageException;
}
