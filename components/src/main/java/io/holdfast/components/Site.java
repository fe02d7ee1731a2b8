package io.holdfast.components;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where a server of others runs: a directory for its files, and somebody who sees to it that its processes end. Implementations
 * are thread-safe.
 */
public interface Site {
    /** A directory that exists and belongs to whoever runs the server. */
    Path directory();

    /** Where the output of its processes of this name goes. */
    default Path log(String name) {
        return directory().resolve(name + ".log");
    }

    /** Starts a process with its output appended to {@link #log}; the site ends it. */
    Process start(String name, ProcessBuilder builder) throws IOException;
}
