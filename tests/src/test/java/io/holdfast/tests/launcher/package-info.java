/** The launcher script, with a Maven and a JDK that only write down how they were called. */
@NullMarked
package io.holdfast.tests.launcher;

import org.jspecify.annotations.NullMarked;
