package io.holdfast.server.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that says what it was told to, or hangs up, where a real one would do neither. */
final class StubServer implements AutoCloseable {

    private static final int HANGS_UP = -1;

    private final HttpServer http;
    private final Map<String, Said> said = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private record Said(int status, String body) {}

    StubServer() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::answer);
        http.start();
    }

    String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    void answers(String method, String path, int status, String body) {
        said.put(method + " " + path, new Said(status, body));
    }

    void hangsUp(String method, String path) {
        answers(method, path, HANGS_UP, "");
    }

    /** Method and path of each request. */
    List<String> asked() {
        return asked;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            asked.add(request);
            Said answer = said.getOrDefault(request, new Said(404, "{\"message\":\"nothing was prepared\"}"));
            if (answer.status() != HANGS_UP) {
                byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(answer.status(), body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
