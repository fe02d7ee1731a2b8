/**
 * Drives the core: ingress, order, dispatch.
 * <p>
 * Every part is a non-blocking object with a {@code poll()} method over ports (clock, log, participants, randomness) and is
 * owned by one thread. Threads exist only in the outermost runner: one platform thread per owner in the server, a single
 * thread in the simulator.
 */
@NullMarked
package io.holdfast.engine;

import org.jspecify.annotations.NullMarked;
