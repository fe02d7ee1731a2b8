package io.holdfast.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeepAliveTest {

    private static final int MANY_BYTES = 100_000;
    private static final Server SERVER = Server.builder()
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .service("/echo", (context, request) -> HttpResponse.of(request.aggregate().thenApply(
                    whole -> HttpResponse.of(HttpStatus.OK, MediaType.JSON, whole.contentUtf8()))))
            .service("/many", (context, request) -> HttpResponse.of("x".repeat(MANY_BYTES)))
            .service("/no", (context, request) -> HttpResponse.of(HttpStatus.CONFLICT, MediaType.JSON, "{}")).build();

    static {
        SERVER.start().join();
    }

    @AfterAll
    static void stop() {
        SERVER.stop().join();
    }

    @Test
    void oneConnectionCarriesManyCallsOfAnySize() throws Exception {
        try (KeepAlive connection = open()) {
            for (int i = 0; i < 10; i++) {
                assertThat(connection.post("/echo", "{\"n\":\"é" + i + "\"}")).isEqualTo(
                        new KeepAlive.Answer(200, "{\"n\":\"é" + i + "\"}"));
                assertThat(connection.get("/many").body()).hasSize(MANY_BYTES);
                assertThat(connection.get("/no").status()).isEqualTo(409);
            }
            assertThat(SERVER.numConnections()).isEqualTo(1);
        }
    }

    @Test
    void anAnswerThatIsNoSuccessFailsTheCall() throws Exception {
        try (DtmWire wire = new DtmWire(address())) {
            assertThatThrownBy(wire::ping).isInstanceOf(IOException.class).hasMessageContaining("404");
        }
    }

    private static KeepAlive open() throws IOException {
        return new KeepAlive(address(), 10_000);
    }

    private static InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), SERVER.activeLocalPort());
    }
}
