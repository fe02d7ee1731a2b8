/**
 * Carries out what is owed: which call when, to whom, how many at once. Everything here is volatile: after a restart the
 * obligations follow from the state of the core, and attempts start anew.
 */
@NullMarked
package io.holdfast.engine.dispatch;

import org.jspecify.annotations.NullMarked;
