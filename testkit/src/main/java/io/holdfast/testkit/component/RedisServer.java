package io.holdfast.testkit.component;

import io.holdfast.components.MissingProgramException;
import java.io.IOException;

/**
 * A {@link io.holdfast.components.RedisServer} in a directory of its own, and its command line. Both go when it is closed or this
 * virtual machine ends. Thread-safe.
 */
public final class RedisServer implements AutoCloseable {
    private final OwnSite site;
    private final io.holdfast.components.RedisServer server;

    private RedisServer(OwnSite site, io.holdfast.components.RedisServer server) {
        this.site = site;
        this.server = server;
    }

    /** Skips the running test where Redis is not on this machine, or fails it where nothing may be missing. */
    public static void require() {
        Components.require(io.holdfast.components.RedisServer.programs());
    }

    /**
     * Starts a server and waits until it answers. Nothing is kept on disk, unless an option says so.
     *
     * @param options more options of {@code redis-server}
     * @throws IOException if it does not answer; the message has what it said
     */
    public static RedisServer start(String... options) throws IOException, InterruptedException {
        OwnSite site = OwnSite.create("redis");
        try {
            return new RedisServer(site, io.holdfast.components.RedisServer.start(site, options));
        } catch (MissingProgramException e) {
            site.close();
            throw new IOException(e);
        } catch (Throwable e) {
            site.close();
            throw e;
        }
    }

    public int port() {
        return server.port();
    }

    /**
     * Runs one command in a process of {@code redis-cli}, for example {@code HGETALL key} or {@code --eval file key , argument}.
     *
     * @return what it printed: values as they are, one a line
     * @throws IOException if the server answers with an error, or not at all
     */
    public String command(String... words) throws IOException, InterruptedException {
        return server.command(words);
    }

    /** Ends the server with SIGKILL and deletes its directory. */
    @Override
    public void close() {
        site.close();
    }
}
