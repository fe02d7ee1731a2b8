package io.holdfast.server.cluster;

import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.http.Leadership;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What makes a server one node of a group.
 *
 * @param config     which node this is, and what it was told of the group to begin with
 * @param members    who is in the group
 * @param leadership who takes commands
 * @param term       of the log of this node; 0 if it has none
 * @param standing   what this node is now
 * @param cuts       what this node has for those that cannot catch up
 * @param changes    adds and removes members
 * @param foundation with what this node can found a group, or has founded it; null for nothing
 */
public record ClusterPart(ClusterConfig config, CurrentMembers members, Leadership leadership, LongSupplier term,
        Supplier<Standing> standing, CutSource cuts, MemberChanges changes,
        Supplier<@Nullable Foundation> foundation) {}
