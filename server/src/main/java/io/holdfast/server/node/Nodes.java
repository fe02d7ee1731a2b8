package io.holdfast.server.node;

import io.holdfast.engine.Participants;
import io.holdfast.engine.StorageException;
import io.holdfast.server.RunningEngine;
import io.holdfast.server.config.ServerConfig;

/** Starts what the configuration asks for. */
public final class Nodes {

    private Nodes() {
    }

    /**
     * A node of its own, or one of a group. Blocks until it has recovered.
     *
     * @throws StorageException if the directory is in use, damaged, or refuses a write; the message names directory or file
     */
    public static RunningEngine start(ServerConfig config, Participants participants) throws StorageException {
        return config.cluster() == null
                ? SingleNode.start(config, participants)
                : ClusterNode.start(config, participants);
    }
}
