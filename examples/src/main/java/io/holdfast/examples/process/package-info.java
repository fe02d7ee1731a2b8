/** Processes and directories of a run, and how they vanish with it. */
@NullMarked
package io.holdfast.examples.process;

import org.jspecify.annotations.NullMarked;
