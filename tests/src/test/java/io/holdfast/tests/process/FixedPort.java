package io.holdfast.tests.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports to come back to. They lie below the range from which Linux takes ports for outgoing connections: inside it a client
 * that keeps knocking at a closed port can be given that very port, connect to itself, and keep the server out.
 */
final class FixedPort {

    private static final int LOWEST = 20_000;
    private static final int BELOW = 32_000;
    private static final int ATTEMPTS = 200;

    private FixedPort() {
    }

    /** A port at which nobody listens. */
    static int free() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, BELOW);
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException e) {
                // Taken: try another.
            }
        }
        throw new AssertionError("no free port found from " + LOWEST + " to " + BELOW);
    }
}
