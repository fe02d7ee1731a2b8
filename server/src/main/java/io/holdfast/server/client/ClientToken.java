package io.holdfast.server.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a command has its token from. */
final class ClientToken {

    private static final String VARIABLE = "HOLDFAST_TOKEN";

    private ClientToken() {
    }

    /**
     * The token in a file, or else in the environment; null if there is none.
     *
     * @throws ClientException if it cannot be read or is none; the message does not contain it
     */
    static @Nullable String read(@Nullable Path file, Function<String, @Nullable String> environment)
            throws ClientException {
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
}
