/** What all HTTP endpoints share: who may enter, how errors look, whether the server takes requests. */
@NullMarked
package io.holdfast.server.http;

import org.jspecify.annotations.NullMarked;
