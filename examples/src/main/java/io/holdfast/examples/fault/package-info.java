/** Which call meets which fault: a pure function of the seed, so that a run can be repeated. */
@NullMarked
package io.holdfast.examples.fault;

import org.jspecify.annotations.NullMarked;
