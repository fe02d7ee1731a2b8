/** Puts a node together from its parts: engine, log on real files, threads. */
@NullMarked
package io.holdfast.server.node;

import org.jspecify.annotations.NullMarked;
