/** Calls to participants over HTTP, and which addresses may be called. */
@NullMarked
package io.holdfast.server.participant;

import org.jspecify.annotations.NullMarked;
