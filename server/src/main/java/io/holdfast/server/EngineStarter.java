package io.holdfast.server;

import io.holdfast.engine.Participants;
import io.holdfast.server.config.ServerConfig;

/** Where the engine is plugged in. */
@FunctionalInterface
public interface EngineStarter {

    /**
     * Opens the store in {@link ServerConfig#data()}, recovers, and starts to work. Blocks until the engine takes commands.
     *
     * @throws Exception if it cannot start; the message goes to the operator as it is, so it says what and where
     */
    RunningEngine start(ServerConfig config, Participants participants) throws Exception;
}
