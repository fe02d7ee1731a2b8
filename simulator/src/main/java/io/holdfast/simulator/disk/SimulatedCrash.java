package io.holdfast.simulator.disk;

/** The process or the machine died in the middle of a disk operation. Nothing that sees it may go on using that disk. */
public final class SimulatedCrash extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SimulatedCrash(String message) {
        super(message);
    }
}
