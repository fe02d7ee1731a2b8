/** Calls to participants by processes of their own: what both sides say to each other. */
@NullMarked
package io.holdfast.server.workers;

import org.jspecify.annotations.NullMarked;
