package io.holdfast.server.cluster;

import io.holdfast.raft.Cut;
import java.nio.file.Path;

/**
 * A store as it was at a cut, with the place of that cut in the log of the group.
 *
 * @param cut   what it holds
 * @param store its directory; nobody changes it
 */
public record OfferedCut(Cut cut, Path store) {}
