/** The demo: a mall of a gateway and four services, one coordinator, a load, faults, and a judge that trusts none of them. */
@NullMarked
package io.holdfast.examples;

import org.jspecify.annotations.NullMarked;
