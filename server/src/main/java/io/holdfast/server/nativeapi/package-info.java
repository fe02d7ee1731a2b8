/** What the REST and the gRPC interface have in common: the operations, their bounds and what is said about a transaction. */
@NullMarked
package io.holdfast.server.nativeapi;

import org.jspecify.annotations.NullMarked;
