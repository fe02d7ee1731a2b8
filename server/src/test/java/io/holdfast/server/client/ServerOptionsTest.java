package io.holdfast.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.server.config.AccessToken;
import io.holdfast.server.testing.TestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class ServerOptionsTest {

    private static final String TOKEN = "0123456789abcdef";

    @Command(name = "ask")
    private static final class Ask {
        @Mixin
        private final ServerOptions options;

        Ask(@Nullable String token) {
            options = new ServerOptions(name -> name.equals("HOLDFAST_TOKEN") ? token : null);
        }
    }

    private static ServerOptions options(@Nullable String token, String... arguments) {
        Ask ask = new Ask(token);
        new CommandLine(ask).parseArgs(arguments);
        return ask.options;
    }

    private static String usageError(@Nullable String token, String... arguments) {
        ServerOptions options = options(token, arguments);
        try (ServerClient client = options.open()) {
            throw new AssertionError("accepted: " + String.join(" ", arguments) + client);
        } catch (ParameterException e) {
            return String.valueOf(e.getMessage());
        } catch (ClientException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void blanksAndLineEndsAroundATokenOfTheEnvironmentDoNotMatter() throws Exception {
        try (TestServer server = TestServer.starting(new AccessToken(TOKEN))) {
            server.server.serve(server.coordinator, registry -> {
            });
            try (ServerClient client = options(" " + TOKEN + "\r\n", "--server", server.server.url()).open()) {
                assertThat(client.get("/api/v1/transactions").path("transactions")).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0123456789abcdef\u00fc", "0123456789\r\nabcdef", "0123 456789abcdef", "01234\u202e56789"})
    void whatIsNoTokenIsRefusedAndNotShown(String token) {
        assertThatThrownBy(() -> options(token).open()).isInstanceOf(ClientException.class)
                .hasMessage("there is no token in the variable HOLDFAST_TOKEN: one line of visible ASCII characters is"
                        + " allowed")
                .hasNoCause();
    }

    @Test
    void anEmptyTokenIsNone() {
        assertThatThrownBy(() -> options(" \n").open()).hasMessageContaining("there is no token in the variable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:1/api", "http://127.0.0.1:1?a=b", "http://127.0.0.1:1#a", "127.0.0.1:1",
            "ftp://127.0.0.1", "http://", "http:///x", "http://127.0.0.1:99999", "http://127.0.0.1:1/a b", "localhost"})
    void anAddressIsSchemeHostAndPort(String url) {
        assertThat(usageError(null, "--server", url)).contains("--server: " + url + " is not allowed",
                "allowed: scheme, host and port, for example http://127.0.0.1:36789");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://ann:secret@127.0.0.1:1", "http://ann:sec ret@127.0.0.1:1",
            "http://secret@127.0.0.1:1/x"})
    void aPasswordInTheAddressIsRefusedAndNotShown(String url) {
        assertThat(usageError(null, "--server", url)).contains("user info").doesNotContain("ret@", "ann");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://shop.example:36789", "http://10.0.0.1:36789", "HTTP://[fd00::1]:36789",
            "http://127.0.0.1.example:1", "http://localhost.example"})
    void aTokenDoesNotTravelInPlainText(String url) throws Exception {
        assertThat(usageError(TOKEN, "--server", url)).contains("in plain text", "--insecure").doesNotContain(TOKEN);
        options(TOKEN, "--server", url, "--insecure").open().close();
        options(null, "--server", url).open().close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://shop.example", "http://127.0.0.1:36789/", "http://127.1.2.3:1", "http://[::1]:1",
            "http://localhost:1"})
    void aTokenGoesToThisMachineOrOverTls(String url) throws Exception {
        options(TOKEN, "--server", url).open().close();
    }

    @Test
    void whatIsNoAuthorityIsRefused() {
        assertThat(usageError(null, "--ca", "/does/not/exist")).contains("--ca /does/not/exist is not allowed",
                "PEM file");
    }

    @Test
    void theSameServerIsNamedAgain() {
        assertThat(options(null).again()).isEmpty();
        assertThat(options(null, "--server", "http://h:1", "--insecure").again())
                .isEqualTo(" --server http://h:1 --insecure");
        assertThat(options(null, "--server", "https://h:1", "--ca", "/x").again())
                .isEqualTo(" --server https://h:1 --ca /x");
    }
}
