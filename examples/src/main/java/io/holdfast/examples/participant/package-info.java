/** What the order and the pay service share: HTTP endpoint, fence, fault injection. */
@NullMarked
package io.holdfast.examples.participant;

import org.jspecify.annotations.NullMarked;
