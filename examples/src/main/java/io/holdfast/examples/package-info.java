/** The first demo: two services, one coordinator, a load, faults, and a judge that trusts none of them. */
@NullMarked
package io.holdfast.examples;

import org.jspecify.annotations.NullMarked;
