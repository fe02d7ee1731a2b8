/** The coordinator's side: who has which call. */
@NullMarked
package io.holdfast.server.workers.pool;

import org.jspecify.annotations.NullMarked;
