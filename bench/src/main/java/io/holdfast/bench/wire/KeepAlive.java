package io.holdfast.bench.wire;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * One HTTP/1.1 connection that is kept alive, for one caller. As lean as a client can be, because it shares the processors with what
 * it measures: no pool, no pipelining, answers with a length only.
 */
public final class KeepAlive implements Closeable {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int MAX_ANSWER_BYTES = 4 << 20;
    private static final int FIRST_BUFFER_BYTES = 8_192;
    private static final String LENGTH_HEADER = "\ncontent-length:";

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private byte[] buffer = new byte[FIRST_BUFFER_BYTES];
    private int filled;

    /** What came back. */
    public record Answer(int status, String body) {}

    public KeepAlive(InetSocketAddress server, int answerMillis) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(answerMillis);
            socket.connect(server, CONNECT_MILLIS);
            in = socket.getInputStream();
            out = socket.getOutputStream();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    public Answer get(String pathAndQuery) throws IOException {
        return send("GET " + pathAndQuery + " HTTP/1.1\r\nhost: localhost\r\n\r\n");
    }

    public Answer post(String path, String json) throws IOException {
        return send(
                "POST " + path + " HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: "
                        + json.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + json);
    }

    private Answer send(String request) throws IOException {
        out.write(request.getBytes(StandardCharsets.UTF_8));
        filled = 0;
        int bodyAt = readHead();
        String head = new String(buffer, 0, bodyAt, StandardCharsets.ISO_8859_1);
        int length = contentLength(head);
        if (length > MAX_ANSWER_BYTES) {
            throw new IOException("an answer of " + length + " bytes, at most " + MAX_ANSWER_BYTES + " are read");
        }
        while (filled < bodyAt + length) {
            readMore(bodyAt + length);
        }
        return new Answer(Integer.parseInt(head.substring(9, 12)),
                new String(buffer, bodyAt, length, StandardCharsets.UTF_8));
    }

    /** Where the body begins. */
    private int readHead() throws IOException {
        for (int seen = 0;; seen = Math.max(0, filled - 3)) {
            readMore(filled + 1);
            for (int i = seen; i + 3 < filled; i++) {
                if (buffer[i] == '\r' && buffer[i + 1] == '\n' && buffer[i + 2] == '\r' && buffer[i + 3] == '\n') {
                    return i + 4;
                }
            }
        }
    }

    private void readMore(int needed) throws IOException {
        if (needed > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(needed, 2 * buffer.length));
        }
        int read = in.read(buffer, filled, buffer.length - filled);
        if (read < 0) {
            throw new EOFException("the server closed the connection before it had answered");
        }
        filled += read;
    }

    private static int contentLength(String head) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf(LENGTH_HEADER);
        if (at < 0) {
            throw new IOException("an answer without content-length: " + head.lines().findFirst().orElse(""));
        }
        return Integer.parseInt(lower.substring(at + LENGTH_HEADER.length(), lower.indexOf('\r', at + 1)).strip());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
