package io.holdfast.server.client;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of a command that talks to all nodes of a group. */
public final class ServersOptions {

    private static final String ALLOWED = "HOST:PORT or a URL of scheme, host and port, for example 127.0.0.1:36789";

    private final Function<String, @Nullable String> environment;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(names = "--server", paramLabel = "HOST:PORT", split = ",", defaultValue = "127.0.0.1:36789", description = "Every node, with commas between them; a URL for https (default: ${DEFAULT-VALUE}).")
    private List<String> servers = List.of();

    @Option(names = "--token-file", paramLabel = "FILE", description = "Holds the token that the nodes ask for; so does the variable HOLDFAST_TOKEN.")
    private @Nullable Path tokenFile;

    @Option(names = "--insecure", description = "Sends the token also over http to another host than this one: something else encrypts.")
    private boolean insecure;

    public ServersOptions() {
        this(System::getenv);
    }

    /** @param environment the value of a variable; null if it is not set */
    ServersOptions(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /**
     * Where they are, each once.
     *
     * @throws ClientException if the token cannot be read; it would be sent there
     */
    public List<URI> uris() throws ClientException {
        boolean hasToken = token() != null;
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
            if (hasToken && address.isExposed() && !insecure) {
                throw usage(
                        "the token would go to " + address + " in plain text; allowed: https, or a loopback address,"
                                + " unless --insecure says that something else encrypts");
            }
            uris.add(address.uri());
        }
        return new ArrayList<>(uris);
    }

    /**
     * What they want to see; null for nothing.
     *
     * @throws ClientException if it cannot be read or is none; the message does not contain it
     */
    public @Nullable String token() throws ClientException {
        return ClientToken.read(tokenFile, environment);
    }

    private ParameterException usage(String message) {
        return new ParameterException(
                Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine(),
                TerminalText.oneLine(message));
    }
}
