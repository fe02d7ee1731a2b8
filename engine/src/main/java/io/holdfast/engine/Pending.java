package io.holdfast.engine;

import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import io.holdfast.engine.codec.CommandEncoder;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way through the log.
 *
 * @param encoded what the log will hold
 * @param reply   whoever waits; null for commands of the engine itself
 */
record Pending(Command command, byte[] encoded, @Nullable CompletableFuture<Reply> reply) {

    /** A command of the engine itself. */
    static Pending ofEngine(Command command) {
        return new Pending(command, CommandEncoder.encode(command), null);
    }

    /** Tells who waits that the outcome is unknown. */
    void abandon(String why) {
        if (reply != null) {
            reply.completeExceptionally(new Coordinator.EngineUnavailable(why));
        }
    }
}
