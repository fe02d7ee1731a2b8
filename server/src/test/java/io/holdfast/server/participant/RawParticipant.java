package io.holdfast.server.participant;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A participant that does to its connections whatever a test wants. */
final class RawParticipant implements AutoCloseable {

    /** What it does once it has read a request. */
    interface Behaviour {
        void answer(Socket connection) throws IOException;
    }

    private final ServerSocket listener;
    private final Behaviour behaviour;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    RawParticipant(Behaviour behaviour) {
        this.behaviour = behaviour;
        try {
            this.listener = new ServerSocket(0, 512, InetAddress.ofLiteral("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** One that answers every request with the same bytes and keeps the connection. */
    static RawParticipant answering(String response) {
        return new RawParticipant(connection -> write(connection, response));
    }

    static void write(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        connection.getOutputStream().flush();
    }

    String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /** Heads and bodies, as they came. */
    List<String> requests() {
        return requests;
    }

    int connectionCount() {
        return connections.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void serve(Socket connection) {
        try {
            for (String request = read(connection); request != null; request = read(connection)) {
                requests.add(request);
                behaviour.answer(connection);
            }
        } catch (IOException e) {
            // The other side went away, which many tests want.
        }
    }

    private static @Nullable String read(Socket connection) throws IOException {
        InputStream in = connection.getInputStream();
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return null;
            }
            request.append((char) c);
        }
        String head = request.toString().toLowerCase(Locale.ROOT);
        int at = head.indexOf("content-length: ");
        if (at >= 0) {
            int length = Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at)));
            request.append(new String(in.readNBytes(length), StandardCharsets.UTF_8));
        }
        return request.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
