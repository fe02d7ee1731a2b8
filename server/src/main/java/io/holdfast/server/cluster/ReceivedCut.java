package io.holdfast.server.cluster;

import io.holdfast.raft.Cut;
import io.holdfast.raft.Mark;
import org.jspecify.annotations.Nullable;

/**
 * A cut of another node.
 *
 * @param mark with which a node without a log begins; null if the node has one
 */
public record ReceivedCut(Cut cut, @Nullable Mark mark) {}
