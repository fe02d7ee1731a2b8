package io.holdfast.server.client;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that talks to a server. */
public final class ServerOptions extends AccessOptions {

    public static final String DEFAULT_SERVER = "http://127.0.0.1:36789";

    @Option(names = "--server", paramLabel = "URL", defaultValue = DEFAULT_SERVER, description = "The server: scheme, host and port (default: ${DEFAULT-VALUE}).")
    private String server = DEFAULT_SERVER;

    public ServerOptions() {
        this(System::getenv);
    }

    /** @param environment the value of a variable; null if it is not set */
    ServerOptions(Function<String, @Nullable String> environment) {
        super(environment);
    }

    /**
     * A client of the server that is named here.
     *
     * @throws ClientException if the token cannot be read or is none; the message does not contain it
     */
    public ServerClient open() throws ClientException {
        ServerAddress address;
        try {
            address = ServerAddress.parse(server);
        } catch (IllegalArgumentException e) {
            throw usage("--server: " + e.getMessage() + "; allowed: scheme, host and port, for example "
                    + DEFAULT_SERVER);
        }
        requireSafe(address);
        return new ServerClient(address.uri(), token(), trust());
    }

    /** What has to be typed to name the same server again; empty for the default. */
    @Override
    public String again() {
        return (server.equals(DEFAULT_SERVER) ? "" : " --server " + server) + super.again();
    }
}
