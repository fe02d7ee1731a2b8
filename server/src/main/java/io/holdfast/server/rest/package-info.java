/** The native interface as JSON over HTTP. */
@NullMarked
package io.holdfast.server.rest;

import org.jspecify.annotations.NullMarked;
