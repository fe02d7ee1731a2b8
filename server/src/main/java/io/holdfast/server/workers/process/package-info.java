/** The worker's side: makes calls that it has a lease for. */
@NullMarked
package io.holdfast.server.workers.process;

import org.jspecify.annotations.NullMarked;
