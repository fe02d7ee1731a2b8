/** What every fence, in whatever language, must do: the sequences of docs/fence-vectors.json. */
@NullMarked
package io.holdfast.testkit.fence;

import org.jspecify.annotations.NullMarked;
