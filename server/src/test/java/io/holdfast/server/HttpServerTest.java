package io.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.holdfast.core.Limits;
import io.holdfast.engine.EngineOptions.CutOptions;
import io.holdfast.server.config.AccessToken;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.config.WorkersConfig;
import io.holdfast.server.ops.ServerMetrics;
import io.holdfast.server.participant.AddressGuard;
import io.holdfast.server.participant.AllowList;
import io.holdfast.server.participant.NameResolver;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.workers.pool.WorkerPool;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HttpServerTest {

    private static final int SETTINGS = 4;
    private static final int MAX_CONCURRENT_STREAMS = 3;

    /** RFC 9113, section 6.5: a frame of settings comes first, each of them a number of 16 and a value of 32 bits. */
    @Test
    void oneHttp2ConnectionMayNotHoldAnyNumberOfRequests() throws IOException {
        try (TestServer server = TestServer.ready(); Socket socket = new Socket("127.0.0.1", server.server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(new byte[]{0, 0, 0, SETTINGS, 0, 0, 0, 0, 0});
            DataInputStream in = new DataInputStream(socket.getInputStream());
            ByteBuffer head = ByteBuffer.wrap(in.readNBytes(9));
            assertThat(head.get(3)).isEqualTo((byte) SETTINGS);

            ByteBuffer settings = ByteBuffer.wrap(in.readNBytes(head.getInt(0) >>> 8));

            int streams = Integer.MAX_VALUE;
            while (settings.hasRemaining()) {
                int setting = settings.getShort();
                int value = settings.getInt();
                if (setting == MAX_CONCURRENT_STREAMS) {
                    streams = value;
                }
            }
            assertThat(streams).isEqualTo(128);
        }
    }

    /** For the framework such an address is not local, and so had no port. */
    @Test
    void anAddressOfTheMachineIsServedAsLoopbackIs() throws Exception {
        String address = NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                .filter(found -> found instanceof Inet4Address && !found.isLoopbackAddress())
                .map(InetAddress::getHostAddress).findFirst().orElse("");
        assumeFalse(address.isEmpty(), "this machine has no address but those of loopback");
        try (ServerMetrics metrics = new ServerMetrics();
                AddressGuard guard = new AddressGuard(AllowList.parse(AllowList.LOOPBACK), NameResolver.SYSTEM);
                HttpServer server = new HttpServer(new ServerConfig(Path.of("unused"), address, 0, AllowList.LOOPBACK,
                        new AccessToken("a-token-for-tests-only"), null, true, Limits.DEFAULT, CutOptions.DEFAULT,
                        ServerConfig.DEFAULT_MAX_REQUEST_BYTES, 0, null, null, WorkersConfig.NONE), metrics, guard,
                        new WorkerPool((call, whenDone) -> {
                            throw new AssertionError("nothing is called");
                        }, true));
                HttpClient client = HttpClient.newHttpClient()) {
            server.start();

            assertThat(server.url()).isEqualTo("http://" + address + ":" + server.port());
            assertThat(client.send(HttpRequest.newBuilder(URI.create(server.url() + "/health/live")).build(),
                    HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        }
    }
}
