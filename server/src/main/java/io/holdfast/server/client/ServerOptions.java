package io.holdfast.server.client;

import java.io.IOException;
import java.nio.file.Files;
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
    private static final String VARIABLE = "HOLDFAST_TOKEN";

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
        String token = token();
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

    private @Nullable String token() throws ClientException {
        Path file = tokenFile;
        if (file == null) {
            String value = environment.apply(VARIABLE);
            return value == null ? null : checked(value, "the variable " + VARIABLE);
        }
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new ClientException("the token cannot be read from " + file + ": " + e);
        }
        return checked(text, file.toString());
    }

    /** What is no token may be one with a slip in it, so it is not shown. */
    private static String checked(String text, String from) throws ClientException {
        String token = text.strip();
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new ClientException(
                    "there is no token in " + from + ": one line of visible ASCII characters is allowed");
        }
        return token;
    }

    /** What has to be typed to name the same server again; empty for the default. */
    public String again() {
        return (server.equals(DEFAULT_SERVER) ? "" : " --server " + server) + (insecure ? " --insecure" : "");
    }
}
