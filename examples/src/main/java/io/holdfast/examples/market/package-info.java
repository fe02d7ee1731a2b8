/** What there is to buy, who buys it, and the rows that all of it begins with: a pure function of the seed. */
@NullMarked
package io.holdfast.examples.market;

import org.jspecify.annotations.NullMarked;
