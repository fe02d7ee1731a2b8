package io.holdfast.engine;

import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way through the log.
 *
 * @param encoded what the log will hold
 * @param reply   whoever waits; null for commands of the engine itself
 */
record Pending(Command command, byte[] encoded, @Nullable CompletableFuture<Reply> reply) {}
