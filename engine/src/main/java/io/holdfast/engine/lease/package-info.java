/**
 * What a worker may begin and when its call is given up, without threads and network: both sides of the proof that a branch never has
 * two calls under way. The server and the simulator run the same.
 */
@NullMarked
package io.holdfast.engine.lease;

import org.jspecify.annotations.NullMarked;
