package io.holdfast.components;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds a port of the loopback interface that a server can come back to after a kill.
 *
 * <p>It lies below the range from which the system takes ports for outgoing connections. Inside that range a client that
 * keeps knocking while the server is down can be given the server's own port, connect to itself, and keep the server out.
 */
public final class FreePort {
    private static final int LOWEST = 20_000;
    private static final int BELOW = 32_000;
    private static final int ATTEMPTS = 200;

    private FreePort() {
    }

    /** A port that nobody listens on at this moment. */
    public static int choose() throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, BELOW);
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException e) {
                // taken: try another
            }
        }
        throw new IOException("no free port found from " + LOWEST + " to " + BELOW);
    }
}
