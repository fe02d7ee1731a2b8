package io.holdfast.simulator;

/** Kinds of faults. */
public enum Fault {
    /** A message is lost. */
    LOSS(20),
    /** A message arrives more than once. */
    DUPLICATE(20),
    /** A message takes seconds. */
    DELAY(25),
    /** A message arrives long after everybody has given it up. */
    LATE(30),
    /** Some cannot be reached by some others, one way or both, for a while. */
    PARTITION(3),
    /** A participant refuses a call before it looks at it: no connection. */
    REFUSED_CONNECTION(25),
    /** A participant answers "ask again later". */
    ONGOING(20),
    /** A participant answers with an error, and has done nothing. */
    ERROR(20),
    /** A participant has done it and the connection breaks. */
    LOST_REPLY(15),
    /** A participant answers no to a call of phase 2, which it may not. */
    REFUSED_PHASE_2(20),
    /** A participant is away for a long time. */
    OUTAGE(3),
    /** The power fails within a disk operation: unsynced writes are lost or torn. */
    CRASH(2),
    /** A process is killed between two steps. */
    KILL(4),
    /** A process stands still for a while and goes on. */
    PAUSE(4),
    /** A write or sync fails. */
    WRITE_ERROR(8),
    /** The disk is full. */
    DISK_FULL(8),
    /** A bit of a log file has changed. */
    BIT_FLIP(3),
    /** A node comes back with an empty disk. */
    LOST_DISK(6),
    /** Another node takes the lead although nothing is wrong. */
    LEADER_CHANGE(4),
    /** What a leader had proposed when it was deposed is lost. */
    LOST_PROPOSAL(2),
    /** The wall clock of a node jumps. */
    CLOCK_JUMP(8),
    /** The clock of a node runs too fast or too slow. */
    CLOCK_DRIFT(2),
    /** The version of the rules is activated once more. */
    ACTIVATION(10),
    /** Many transactions begin at the same moment. */
    BURST(6),
    /** An application dies in the middle of its transaction. */
    CLIENT_DIES(25),
    /** An operator pauses, resumes, retries or settles something. */
    OPERATOR(2),
    /** A process of a worker is killed. */
    WORKER_KILL(6),
    /** A process of a worker is told to stop, and leaves. */
    WORKER_STOP(10),
    /** A process of a worker stands still for a while and goes on. */
    WORKER_PAUSE(4),
    /** A worker and some others cannot reach each other, one way or both, for a while. */
    WORKER_PARTITION(4),
    /** A connection between a worker and a node breaks. */
    STREAM_BREAK(3),
    /** A message on such a connection is held up for seconds, and all that come after it. */
    STREAM_DELAY(100);

    /** One in so many chances is taken, at the usual rate. */
    final int oneIn;

    Fault(int oneIn) {
        this.oneIn = oneIn;
    }
}
