/**
 * What clients asked and were told, and whether one object per gid can have said it: a checker for linearizability.
 * <p>
 * It knows nothing of the simulator: whoever can say when a request was sent and when its response came can use it, on virtual
 * or on real time.
 */
@NullMarked
package io.holdfast.simulator.history;

import org.jspecify.annotations.NullMarked;
