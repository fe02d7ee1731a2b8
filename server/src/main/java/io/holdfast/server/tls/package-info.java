/** Certificates and keys in files, and whom they make a node or a client trust. */
@NullMarked
package io.holdfast.server.tls;

import org.jspecify.annotations.NullMarked;
