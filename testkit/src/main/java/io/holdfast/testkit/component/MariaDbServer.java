package io.holdfast.testkit.component;

import io.holdfast.components.MissingProgramException;
import java.io.IOException;

/**
 * A {@link io.holdfast.components.MariaDbServer} in a directory of its own. Both go when it is closed or this virtual machine ends.
 * Thread-safe.
 */
public final class MariaDbServer implements AutoCloseable {
    private final OwnSite site;
    private final io.holdfast.components.MariaDbServer server;

    private MariaDbServer(OwnSite site, io.holdfast.components.MariaDbServer server) {
        this.site = site;
        this.server = server;
    }

    /** Skips the running test where MariaDB is not on this machine, or fails it where nothing may be missing. */
    public static void require() {
        Components.require(io.holdfast.components.MariaDbServer.programs());
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @param options more options of {@code mariadbd}
     * @throws IOException if it does not answer; the message has what it said
     */
    public static MariaDbServer start(String... options) throws IOException, InterruptedException {
        OwnSite site = OwnSite.create("mariadb");
        try {
            return new MariaDbServer(site, io.holdfast.components.MariaDbServer.start(site, options));
        } catch (MissingProgramException e) {
            site.close();
            throw new IOException(e);
        } catch (Throwable e) {
            site.close();
            throw e;
        }
    }

    /** The JDBC URL of a database, with the user in it; the first connection creates the database. */
    public String url(String database) {
        return server.url(database);
    }

    /** Ends the server with SIGKILL and deletes its directory. */
    @Override
    public void close() {
        site.close();
    }
}
