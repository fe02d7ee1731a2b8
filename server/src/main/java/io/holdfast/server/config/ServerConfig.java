package io.holdfast.server.config;

import io.holdfast.core.Limits;
import io.holdfast.engine.EngineOptions.CutOptions;
import io.holdfast.server.participant.AllowList;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be configured about a server. Immutable and valid.
 *
 * @param data            directory of the store
 * @param listen          address to bind; anything but loopback needs a token and, unless {@code insecure}, TLS
 * @param port            0 for any free port
 * @param allow           hosts, addresses and CIDR blocks that participants may have
 * @param token           what callers have to show; null for nothing
 * @param tls             certificate and key; null for plain text
 * @param insecure        whether a bind to anything but loopback may go without TLS
 * @param limits          bounds on state
 * @param cuts            when cuts are taken, what the archive keeps how long
 * @param maxRequestBytes bound on the body of one request
 * @param drainMillis     how long a stop waits for requests that are under way
 * @param backups         where backups go; null if none may be taken
 * @param cluster         the group that it belongs to; null if it is alone
 * @param workers         who makes calls to participants
 */
public record ServerConfig(Path data, String listen, int port, List<String> allow, @Nullable AccessToken token,
        @Nullable Tls tls, boolean insecure, Limits limits, CutOptions cuts, int maxRequestBytes, int drainMillis,
        @Nullable Path backups, @Nullable ClusterConfig cluster, WorkersConfig workers) {

    public static final int DEFAULT_PORT = 36_789;
    public static final int DEFAULT_MAX_REQUEST_BYTES = 8 << 20;
    public static final int DEFAULT_DRAIN_MILLIS = 10_000;

    /** Below it not even one payload of the promised size would fit. */
    public static final int LEAST_MAX_REQUEST_BYTES = 64 << 10;
    /** One request is held in memory as a whole. */
    public static final int MOST_MAX_REQUEST_BYTES = 64 << 20;
    public static final int MOST_DRAIN_MILLIS = 600_000;

    public ServerConfig {
        allow = List.copyOf(allow);
        if (port < 0 || port > 65_535) {
            throw ConfigException.of("port", port, "0 (any free port) to 65535");
        }
        if (maxRequestBytes < LEAST_MAX_REQUEST_BYTES || maxRequestBytes > MOST_MAX_REQUEST_BYTES) {
            throw ConfigException.of("limits.maxRequestBytes", maxRequestBytes,
                    LEAST_MAX_REQUEST_BYTES + " to " + MOST_MAX_REQUEST_BYTES);
        }
        if (drainMillis < 0 || drainMillis > MOST_DRAIN_MILLIS) {
            throw ConfigException.of("drainMillis", drainMillis, "0 to " + MOST_DRAIN_MILLIS);
        }
        AllowList.parse(allow);
        if (cluster != null) {
            requireFit(cluster, listen, port, tls, insecure);
        }
        if (workers.startsLocal() && tls != null) {
            throw ConfigException.of(Setting.WORKERS_LOCAL_MOST.key(), workers.mostLocal(),
                    "0 as long as tls.certificate is configured: workers that the server starts connect without TLS");
        }
        if (!addressOf(listen).isLoopbackAddress()) {
            if (token == null) {
                throw ConfigException.of("listen", listen, "a loopback address as long as no token is configured"
                        + " (token, tokenFile or the environment variable HOLDFAST_TOKEN)");
            }
            if (tls == null && !insecure) {
                throw ConfigException.of("listen", listen, "a loopback address as long as TLS is not configured"
                        + " (tls.certificate and tls.key), unless --insecure says that something else encrypts");
            }
        }
    }

    private static void requireFit(ClusterConfig cluster, String listen, int port, @Nullable Tls tls,
            boolean insecure) {
        ClusterConfig.Member self = cluster.self();
        if (self.api().getPort() != port) {
            throw ConfigException.of("port", port, self.api().getPort() + ", as " + Setting.CLUSTER_MEMBERS.key()
                    + " says of " + self.id() + ": the others send requests there");
        }
        if ("https".equals(self.api().getScheme()) != (tls != null)) {
            throw ConfigException.of(Setting.CLUSTER_MEMBERS.key(), self.api(),
                    (tls == null ? "http" : "https") + " for " + self.id() + ", as tls.certificate says");
        }
        if (!isLoopback(self.logHost()) && cluster.tls() == null && !insecure) {
            throw ConfigException.of(Setting.CLUSTER_MEMBERS.key(), self.log(),
                    "a loopback address for the log as long as"
                            + " cluster.tls is not configured, unless --insecure says that something else encrypts and keeps"
                            + " strangers away from it");
        }
        if (addressOf(listen).isLoopbackAddress() && !isLoopback(self.api().getHost())) {
            throw ConfigException.of("listen", listen, "an address at which the others reach " + self.api());
        }
    }

    /** A name that cannot be resolved yet is that of a machine. */
    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The address to bind. */
    public InetAddress listenAddress() {
        return addressOf(listen);
    }

    private static InetAddress addressOf(String listen) {
        try {
            return InetAddress.getByName(listen);
        } catch (UnknownHostException e) {
            throw ConfigException.of("listen", listen, "an address of this machine, for example 127.0.0.1");
        }
    }

    /**
     * Where the server's identity lies.
     *
     * @param certificate chain of certificates in PEM
     * @param key         PKCS#8 key in PEM
     */
    public record Tls(Path certificate, Path key) {
        public Tls {
            if (!Files.isReadable(certificate)) {
                throw ConfigException.of("tls.certificate", certificate, "a readable PEM file");
            }
            if (!Files.isReadable(key)) {
                throw ConfigException.of("tls.key", key, "a readable PEM file");
            }
        }
    }
}
