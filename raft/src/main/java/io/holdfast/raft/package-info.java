/** The log that a group of nodes agrees on, on Apache Ratis. */
@NullMarked
package io.holdfast.raft;

import org.jspecify.annotations.NullMarked;
