/** How many workers there should be, and who starts them. */
@NullMarked
package io.holdfast.server.workers.scaling;

import org.jspecify.annotations.NullMarked;
