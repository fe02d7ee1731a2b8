/** An unmodified dtm client for Java against the packaged server and participants over real databases. */
@NullMarked
package io.holdfast.conformance.dtmcli;

import org.jspecify.annotations.NullMarked;
