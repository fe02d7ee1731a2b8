/** The processes and the directory of one run: started together, gone together. */
@NullMarked
package io.holdfast.bench.process;

import org.jspecify.annotations.NullMarked;
