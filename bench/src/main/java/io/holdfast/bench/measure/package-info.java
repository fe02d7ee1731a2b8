/** What every benchmark shares: closed loops, turns, conditions of the machine, rows of the table. */
@NullMarked
package io.holdfast.bench.measure;

import org.jspecify.annotations.NullMarked;
