package io.holdfast.server.client;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of every command that talks to a server. */
public final class ServerOptions {

    public static final String DEFAULT_SERVER = "http://127.0.0.1:36789";

    private final Function<String, @Nullable String> environment;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(names = "--server", paramLabel = "URL", defaultValue = DEFAULT_SERVER, description = "The server: scheme, host and port (default: ${DEFAULT-VALUE}).")
    private String server = DEFAULT_SERVER;

    @Option(names = "--token-file", paramLabel = "FILE", description = "Holds the token that the server asks for; so does the variable HOLDFAST_TOKEN.")
    private @Nullable Path tokenFile;

    @Option(names = "--insecure", description = "Sends the token also over http to another host than this one: something else encrypts.")
    private boolean insecure;

    public ServerOptions() {
        this(System::getenv);
    }

    /** @param environment the value of a variable; null if it is not set */
    ServerOptions(Function<String, @Nullable String> environment) {
        this.environment = environment;
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
        String token = ClientToken.read(tokenFile, environment);
        if (token != null && address.isExposed() && !insecure) {
            throw usage("the token would go to " + address + " in plain text; allowed: https, or a loopback address,"
                    + " unless --insecure says that something else encrypts");
        }
        return new ServerClient(address.uri(), token);
    }

    private ParameterException usage(String message) {
        return new ParameterException(
                Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine(),
                TerminalText.oneLine(message));
    }

    /** What has to be typed to name the same server again; empty for the default. */
    public String again() {
        return (server.equals(DEFAULT_SERVER) ? "" : " --server " + server) + (insecure ? " --insecure" : "");
    }
}
