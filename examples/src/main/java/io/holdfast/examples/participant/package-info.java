/** What the services of the mall share: HTTP endpoint, fence, fault injection. */
@NullMarked
package io.holdfast.examples.participant;

import org.jspecify.annotations.NullMarked;
