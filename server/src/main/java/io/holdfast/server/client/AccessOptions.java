package io.holdfast.server.client;

import io.holdfast.server.tls.Trust;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of every command that talks to servers: what it shows them, and what it wants to see. */
abstract class AccessOptions {

    private final Function<String, @Nullable String> environment;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(names = "--token-file", paramLabel = "FILE", description = "Holds the token that the server asks for; so does the variable HOLDFAST_TOKEN.")
    private @Nullable Path tokenFile;

    @Option(names = "--ca", paramLabel = "FILE", description = "Certificates (PEM) of an authority that may have signed the server's, beside those that Java trusts.")
    private @Nullable Path authority;

    @Option(names = "--insecure", description = "Sends the token also over http to another host than this one: something else encrypts.")
    private boolean insecure;

    /** @param environment the value of a variable; null if it is not set */
    AccessOptions(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /**
     * What servers want to see; null for nothing.
     *
     * @throws ClientException if it cannot be read or is none; the message does not contain it
     */
    public @Nullable String token() throws ClientException {
        return ClientToken.read(tokenFile, environment);
    }

    /**
     * Whose signature the certificate of a server has to have; null for the usual ones.
     *
     * @throws ParameterException if the file has no certificates
     */
    public @Nullable X509TrustManager trust() {
        try {
            return Trust.beside(authority);
        } catch (IOException e) {
            throw usage("--ca " + authority + " is not allowed: a readable PEM file with certificates (" + e + ")");
        }
    }

    /** @throws ParameterException if a token would go there in plain text */
    void requireSafe(ServerAddress address) throws ClientException {
        if (address.isExposed() && !insecure && token() != null) {
            throw usage("the token would go to " + address + " in plain text; allowed: https, or a loopback address,"
                    + " unless --insecure says that something else encrypts");
        }
    }

    /** What has to be typed to say the same again, each with a space before it. */
    String again() {
        return (authority == null ? "" : " --ca " + authority) + (insecure ? " --insecure" : "");
    }

    ParameterException usage(String message) {
        return new ParameterException(
                Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine(),
                TerminalText.oneLine(message));
    }
}
