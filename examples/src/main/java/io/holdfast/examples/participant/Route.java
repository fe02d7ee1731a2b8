package io.holdfast.examples.participant;

import io.holdfast.api.Operation;

/**
 * One address of a participant.
 *
 * @param path      where it is called
 * @param operation what it is called for
 * @param effect    what it does
 * @param fenced    whether the fence stands before it; false only where a mistake is planted
 */
public record Route(String path, Operation operation, LocalEffect effect, boolean fenced) {
    public Route(String path, Operation operation, LocalEffect effect) {
        this(path, operation, effect, true);
    }

    /** The same address with another effect if it is for the given operation: a planted mistake. */
    public Route doing(Operation wrongly, LocalEffect wrong) {
        return operation == wrongly ? new Route(path, operation, wrong, fenced) : this;
    }

    /** The same address without a fence: what happens to those who leave it out. */
    public Route withoutFence() {
        return new Route(path, operation, effect, false);
    }
}
