/** The trace id that a transaction carries from its caller to its participants. */
@NullMarked
package io.holdfast.server.trace;

import org.jspecify.annotations.NullMarked;
