package io.holdfast.server.cluster;

import io.holdfast.raft.Cut;
import io.holdfast.raft.Mark;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A store as it was at a cut, with the place of that cut in the log of the group.
 *
 * @param cut   what it holds
 * @param mark  for a node that has no log; null for one that only lacks the newest entries
 * @param store its directory; nobody changes it
 */
public record OfferedCut(Cut cut, @Nullable Mark mark, Path store) {}
