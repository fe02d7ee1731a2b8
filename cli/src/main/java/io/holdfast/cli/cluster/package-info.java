/** The {@code cluster} command: a group of nodes on one machine, to try it out. */
@NullMarked
package io.holdfast.cli.cluster;

import org.jspecify.annotations.NullMarked;
