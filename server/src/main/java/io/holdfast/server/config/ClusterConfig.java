package io.holdfast.server.config;

import io.holdfast.server.tls.PemFile;
import io.holdfast.server.tls.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The group of nodes that a server belongs to. Immutable and valid.
 *
 * @param node    which of the members this server is
 * @param members whom a node without a log asks, this one included: those with which a group begins, the same on every node; for a new node
 *                those there are. Once there is a log, that says who they are
 * @param tls     how the nodes know each other at the addresses of their logs; null for plain text
 */
public record ClusterConfig(String node, List<Member> members, @Nullable Tls tls) {

    private static final int MOST_MEMBERS = 9;

    public ClusterConfig {
        members = List.copyOf(members);
        if (members.isEmpty() || members.size() > MOST_MEMBERS) {
            throw ConfigException.of(Setting.CLUSTER_MEMBERS.key(), members.size() + " members",
                    "1 to " + MOST_MEMBERS + " members");
        }
        requireUnique("id", members.stream().map(Member::id).toList());
        requireUnique("address for the log", members.stream().map(Member::log).toList());
        requireUnique("URL", members.stream().map(member -> member.api().toString()).toList());
        if (members.stream().noneMatch(member -> member.id().equals(node))) {
            throw ConfigException.of(Setting.CLUSTER_NODE.key(), node,
                    "one of the members: " + String.join(", ", members.stream().map(Member::id).toList()));
        }
    }

    /** In plain text. */
    public ClusterConfig(String node, List<Member> members) {
        this(node, members, null);
    }

    private static void requireUnique(String what, List<String> values) {
        Set<String> seen = new HashSet<>();
        for (String value : values) {
            if (!seen.add(value)) {
                throw ConfigException.of(Setting.CLUSTER_MEMBERS.key(), value, "each " + what + " once");
            }
        }
    }

    /** This server as the others see it. */
    public Member self() {
        return member(node);
    }

    /** @throws IllegalArgumentException if there is none with this id */
    public Member member(String id) {
        return members.stream().filter(member -> member.id().equals(id)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no member " + id));
    }

    /**
     * Each node shows its certificate to the other, and wants that of the other to be signed by the same authority.
     *
     * @param certificate of this node, with its chain; PEM
     * @param key         PKCS#8 key in PEM
     * @param ca          certificates of those who sign for the nodes of this group, and for nobody else; PEM
     */
    public record Tls(Path certificate, Path key, Path ca) {
        public Tls {
            requireCertificates(Setting.CLUSTER_TLS_CERTIFICATE, certificate);
            try {
                PemFile.requireKey(key);
            } catch (IOException e) {
                throw ConfigException.of(Setting.CLUSTER_TLS_KEY.key(), key,
                        "a readable PEM file with a key in PKCS#8 (" + e + ")");
            }
            requireCertificates(Setting.CLUSTER_TLS_CA, ca);
        }

        private static void requireCertificates(Setting setting, Path file) {
            try {
                PemFile.certificates(file);
            } catch (IOException e) {
                throw ConfigException.of(setting.key(), file, "a readable PEM file with certificates (" + e + ")");
            }
        }
    }

    /**
     * Whose signature the certificates of other nodes have to have when requests go to them; null for the usual ones.
     *
     * @throws UncheckedIOException if the file of the authority, which was fine before, cannot be read any more
     */
    public @Nullable X509TrustManager trust() {
        try {
            return Trust.beside(tls == null ? null : tls.ca());
        } catch (IOException e) {
            throw new UncheckedIOException(Setting.CLUSTER_TLS_CA.key() + ": " + e.getMessage(), e);
        }
    }

    /**
     * One node as the others reach it.
     *
     * @param id      its name, which it keeps for ever
     * @param logHost where it takes entries of the log from other nodes: a name or an address
     * @param logPort the port there
     * @param api     where it takes requests
     */
    public record Member(String id, String logHost, int logPort, URI api) {

        private static final Pattern FORM = Pattern
                .compile("([A-Za-z0-9][A-Za-z0-9_.-]{0,63})\\s+(\\[[0-9A-Fa-f:.]+]|[^\\s:]+):(\\d{1,5})\\s+(\\S+)");
        private static final String ALLOWED = "ID HOST:PORT URL, for example \"n1 10.0.0.1:36791 http://10.0.0.1:36789\"";
        private static final int MOST_PORT = 65_535;

        /**
         * @param text as in the configuration
         * @throws ConfigException if it is no member
         */
        public static Member parse(String text) {
            Matcher parts = FORM.matcher(text.strip());
            if (!parts.matches()) {
                throw ConfigException.of(Setting.CLUSTER_MEMBERS.key(), text, ALLOWED);
            }
            String host = parts.group(2);
            int port = Integer.parseInt(parts.group(3));
            if (port < 1 || port > MOST_PORT) {
                throw ConfigException.of(Setting.CLUSTER_MEMBERS.key(), text, "a port from 1 to " + MOST_PORT);
            }
            return new Member(parts.group(1), host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port,
                    parseApi(text, parts.group(4)));
        }

        private static URI parseApi(String text, String url) {
            try {
                URI api = new URI(url);
                boolean isHttp = "http".equals(api.getScheme()) || "https".equals(api.getScheme());
                boolean isBare = api.getRawUserInfo() == null && api.getRawQuery() == null
                        && api.getRawFragment() == null && (api.getPath().isEmpty() || api.getPath().equals("/"));
                if (isHttp && isBare && api.getHost() != null && api.getPort() > 0 && api.getPort() <= MOST_PORT) {
                    return new URI(api.getScheme(), null, api.getHost(), api.getPort(), null, null, null);
                }
            } catch (URISyntaxException e) {
                // Said below.
            }
            throw ConfigException.of(Setting.CLUSTER_MEMBERS.key(), text,
                    "a URL of scheme, host and port, for example http://10.0.0.1:36789");
        }

        /** As in the configuration: what {@link #parse} reads. */
        public String text() {
            return id + " " + log() + " " + api;
        }

        /** As {@code host:port}. */
        public String log() {
            return (logHost.contains(":") ? "[" + logHost + "]" : logHost) + ":" + logPort;
        }
    }
}
