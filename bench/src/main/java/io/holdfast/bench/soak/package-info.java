/** A server under a steady load for a long time, and whether anything grows. */
@NullMarked
package io.holdfast.bench.soak;

import org.jspecify.annotations.NullMarked;
