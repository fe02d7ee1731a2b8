/** Commands as they stand in the log: protobuf messages, described by {@code holdfast/log/v1/entry.proto}. */
@NullMarked
package io.holdfast.engine.codec;

import org.jspecify.annotations.NullMarked;
