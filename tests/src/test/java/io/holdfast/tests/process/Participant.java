package io.holdfast.tests.process;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** An HTTP server inside the test, a virtual thread for each call, which does as it is told. */
public final class Participant implements AutoCloseable {

    /** Closes the connection without an answer. */
    static final int DROP = 0;

    private static final int BACKLOG = 4_096;

    /** What the coordinator asked for; {@code path} is that of the URL. */
    public record Call(String gid, String branchId, String op, String path) {}

    /** Returns the status to answer with, or {@link #DROP}. Called by many threads. */
    @FunctionalInterface
    public interface Behaviour {
        int answer(Call call) throws InterruptedException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Behaviour behaviour;

    /** @param port 0 for any free one */
    Participant(int port, Behaviour behaviour) throws IOException {
        this("127.0.0.1", port, behaviour);
    }

    /**
     * @param address of this machine, by which servers reach it
     * @param port    0 for any free one
     */
    public Participant(String address, int port, Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(address), port), BACKLOG);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    public String url() {
        return "http://" + server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        // Closing it before the headers are sent drops the connection.
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            Map<String, String> query = Arrays.stream(exchange.getRequestURI().getRawQuery().split("&", -1))
                    .map(pair -> pair.split("=", 2)).collect(Collectors.toMap(pair -> pair[0],
                            pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
            int status = behaviour.answer(new Call(query.getOrDefault("gid", ""), query.getOrDefault("branch_id", ""),
                    query.getOrDefault("op", ""), exchange.getRequestURI().getPath()));
            if (status != DROP) {
                exchange.sendResponseHeaders(status, -1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
    }
}
