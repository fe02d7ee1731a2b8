/** A disk that loses power, tears writes and refuses them, as its seed says. */
@NullMarked
package io.holdfast.simulator.disk;

import org.jspecify.annotations.NullMarked;
