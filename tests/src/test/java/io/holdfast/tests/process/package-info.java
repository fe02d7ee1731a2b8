/** The packaged server as a process of its own: killed, stopped, starved of disk, fed with rubbish, kept waiting. */
@NullMarked
package io.holdfast.tests.process;

import org.jspecify.annotations.NullMarked;
