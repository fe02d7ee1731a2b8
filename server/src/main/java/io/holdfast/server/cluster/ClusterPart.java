package io.holdfast.server.cluster;

import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.http.Leadership;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What makes a server one node of a group.
 *
 * @param config     who is in the group
 * @param leadership who takes commands
 * @param standing   what this node is now
 * @param cuts       what this node has for those that cannot catch up
 * @param foundation with what this node can found a group, or has founded it; null for nothing
 */
public record ClusterPart(ClusterConfig config, Leadership leadership, Supplier<Standing> standing, CutSource cuts,
        Supplier<@Nullable Foundation> foundation) {}
