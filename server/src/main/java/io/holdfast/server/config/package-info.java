/** What can be configured, where it comes from and what is wrong with it. */
@NullMarked
package io.holdfast.server.config;

import org.jspecify.annotations.NullMarked;
