package io.holdfast.server.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a command that talks to all nodes of a group. */
public final class ServersOptions extends AccessOptions {

    private static final String ALLOWED = "HOST:PORT or a URL of scheme, host and port, for example 127.0.0.1:36789";

    @Option(names = "--server", paramLabel = "HOST:PORT", split = ",", defaultValue = "127.0.0.1:36789", description = "Every node, with commas between them; a URL for https (default: ${DEFAULT-VALUE}).")
    private List<String> servers = List.of();

    public ServersOptions() {
        this(System::getenv);
    }

    /** @param environment the value of a variable; null if it is not set */
    ServersOptions(Function<String, @Nullable String> environment) {
        super(environment);
    }

    /**
     * Where they are, each once.
     *
     * @throws ClientException if the token cannot be read; it would be sent there
     */
    public List<URI> uris() throws ClientException {
        Set<URI> uris = new LinkedHashSet<>();
        for (String server : servers) {
            ServerAddress address;
            try {
                address = ServerAddress.parse(server.contains("://") ? server : "http://" + server);
            } catch (IllegalArgumentException e) {
                throw usage("--server: " + e.getMessage() + "; allowed: " + ALLOWED);
            }
            if (address.uri().getPort() < 0) {
                throw usage("--server: " + server + " has no port; allowed: " + ALLOWED);
            }
            requireSafe(address);
            uris.add(address.uri());
        }
        return new ArrayList<>(uris);
    }
}
