/**
 * Real processes in networks of their own, whose links, disks and clocks fail; and real clients, whose histories are judged by the
 * checker of the simulator.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.tests.faults;
