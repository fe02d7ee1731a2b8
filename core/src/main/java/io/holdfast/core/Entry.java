package io.holdfast.core;

import java.util.List;

/**
 * One log entry: a batch of commands that became durable together.
 *
 * @param sequence   1 for the first entry of a log, then without gaps
 * @param nowMillis  logical time, never behind that of an earlier entry; it stands still while no process runs
 * @param wallMillis wall-clock time in milliseconds since 1970, for display only; may jump either way
 * @param commands   in the order of their replies; none for a tick, which only lets timers fire
 */
public record Entry(long sequence, long nowMillis, long wallMillis, List<Command> commands) {}
