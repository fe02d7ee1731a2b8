/** Programs of others as processes of our own, for the demo and for tests: where they are, and how their servers are started. */
@NullMarked
package io.holdfast.components;

import org.jspecify.annotations.NullMarked;
