/** Certificates for tests. */
@NullMarked
package io.holdfast.testkit.tls;

import org.jspecify.annotations.NullMarked;
