/** Damaged files of log and store: nothing is lost or changed in silence. */
@org.jspecify.annotations.NullMarked
package io.holdfast.tests.damage;
