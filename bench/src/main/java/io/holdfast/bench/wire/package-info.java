/** The load: a lean HTTP/1.1 client and dtm's interface on top of it. */
@NullMarked
package io.holdfast.bench.wire;

import org.jspecify.annotations.NullMarked;
