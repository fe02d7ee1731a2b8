/** The native interface over gRPC: holdfast.v1. */
@NullMarked
package io.holdfast.server.grpc;

import org.jspecify.annotations.NullMarked;
