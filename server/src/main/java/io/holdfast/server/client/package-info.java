/** How commands talk to a running server. */
@NullMarked
package io.holdfast.server.client;

import org.jspecify.annotations.NullMarked;
