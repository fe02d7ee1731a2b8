/** The client: places orders at a fixed rate and writes down what it is told. */
@NullMarked
package io.holdfast.examples.load;

import org.jspecify.annotations.NullMarked;
