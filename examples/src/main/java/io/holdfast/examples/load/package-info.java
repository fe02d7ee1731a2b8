/** The clients: place orders at a fixed rate and write down what they are told. */
@NullMarked
package io.holdfast.examples.load;

import org.jspecify.annotations.NullMarked;
