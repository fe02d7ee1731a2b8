package io.holdfast.server.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of every command that talks to a server. */
public final class ServerOptions {

    public static final String DEFAULT_SERVER = "http://127.0.0.1:36789";
    private static final Set<String> SCHEMES = Set.of("http", "https");

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(names = "--server", paramLabel = "URL", defaultValue = DEFAULT_SERVER, description = "The server (default: ${DEFAULT-VALUE}).")
    private URI server = URI.create(DEFAULT_SERVER);

    @Option(names = "--token-file", paramLabel = "FILE", description = "Holds the token that the server asks for; so does the variable HOLDFAST_TOKEN.")
    private @Nullable Path tokenFile;

    /**
     * A client of the server that is named here.
     *
     * @throws ClientException if the token cannot be read
     */
    public ServerClient open() throws ClientException {
        if (server.getHost() == null || server.getScheme() == null
                || !SCHEMES.contains(server.getScheme().toLowerCase(Locale.ROOT))) {
            throw new ParameterException(
                    Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine(),
                    "--server=" + server + " is not allowed; allowed: a URL, for example " + DEFAULT_SERVER);
        }
        return new ServerClient(server, token());
    }

    private @Nullable String token() throws ClientException {
        Path file = tokenFile;
        if (file == null) {
            return System.getenv("HOLDFAST_TOKEN");
        }
        String token;
        try {
            token = Files.readString(file).strip();
        } catch (IOException e) {
            throw new ClientException("the token cannot be read from " + file + ": " + e);
        }
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new ClientException(
                    "there is no token in " + file + ": one line of visible ASCII characters is allowed");
        }
        return token;
    }

    /** What has to be typed to name the same server again; empty for the default. */
    public String again() {
        return server.toString().equals(DEFAULT_SERVER) ? "" : " --server " + server;
    }
}
