package io.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.server.testing.TestServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
}
