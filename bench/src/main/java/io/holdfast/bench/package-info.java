/** Benchmarks, each beside the floor that the machine sets, measured in the same run. */
@NullMarked
package io.holdfast.bench;

import org.jspecify.annotations.NullMarked;
