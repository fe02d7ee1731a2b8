package io.holdfast.conformance.dtmcli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.api.Operation;
import io.holdfast.fence.BranchCall;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The services that take part: one HTTP endpoint for every operation of every branch, which moves money in {@link Accounts}. */
final class Participants implements AutoCloseable {

    /** A step in the life of a call. */
    enum Stage {
        ARRIVED, ANSWERED
    }

    /**
     * What was seen, in the order in which it was seen.
     *
     * @param tag the header {@value #TAG_HEADER}, if the call had one
     */
    record Event(Stage stage, BranchCall call, @Nullable String tag) {}

    /** Holds up the first calls of one operation of one branch. */
    static final class Gate {
        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        /** Waits until a call stands in front of the gate. */
        void awaitArrival() throws InterruptedException {
            if (!arrived.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("no call arrived at the gate in " + WAIT_SECONDS + " s");
            }
        }

        void open() {
            opened.countDown();
        }

        private void pass() throws InterruptedException {
            arrived.countDown();
            if (!opened.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody opened the gate in " + WAIT_SECONDS + " s");
            }
        }
    }

    static final String TAG_HEADER = "x-test-tag";
    private static final int WAIT_SECONDS = 60;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ObjectMapper json = new ObjectMapper();
    private final Accounts accounts;
    private final BranchGuard guard;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final Map<BranchCall, Gate> gates = new ConcurrentHashMap<>();

    private Participants(Accounts accounts, BranchGuard guard) throws IOException {
        this.accounts = accounts;
        this.guard = guard;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    static Participants start(Accounts accounts, BranchGuard guard) throws IOException {
        Participants participants = new Participants(accounts, guard);
        participants.server.setExecutor(participants.threads);
        participants.server.createContext("/", participants::handle);
        participants.server.start();
        return participants;
    }

    /** The URL of an operation. One endpoint serves them all; the path is for people who read logs. */
    String url(Operation operation) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + operation.wireName();
    }

    /** Lets calls of this kind wait until the gate is opened. */
    Gate hold(String gid, String branchId, Operation operation) {
        return gates.computeIfAbsent(new BranchCall(gid, branchId, operation), call -> new Gate());
    }

    /** What happened to the calls of one transaction. */
    List<Event> events(String gid) {
        return events.stream().filter(event -> event.call().gid().equals(gid)).toList();
    }

    /** The branches for which an operation was called, in the order of the first arrival. */
    List<String> calledBranches(String gid, Operation operation) {
        return events(gid).stream().filter(event -> event.stage() == Stage.ARRIVED)
                .map(Event::call).filter(call -> call.operation() == operation).map(BranchCall::branchId).distinct()
                .toList();
    }

    /** Waits until something like this has happened to a call of the transaction. */
    void awaitEvent(String gid, Predicate<Event> wanted) {
        long giveUpAtNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (events(gid).stream().noneMatch(wanted)) {
            if (System.nanoTime() > giveUpAtNanos) {
                throw new AssertionError("not seen in " + WAIT_SECONDS + " s; seen: " + events(gid));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    @Override
    public void close() {
        gates.values().forEach(Gate::open);
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        BranchGuard.Answer answer;
        try {
            answer = answer(exchange);
        } catch (Exception e) {
            answer = new BranchGuard.Answer(500, "{\"message\":\"" + e.getClass().getSimpleName() + "\"}");
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private BranchGuard.Answer answer(HttpExchange exchange) throws Exception {
        String query = exchange.getRequestURI().getRawQuery();
        BranchCall call = BranchCall.fromQuery(query);
        if (!exchange.getRequestURI().getPath().equals("/" + call.operation().wireName())) {
            throw new IllegalArgumentException(call + " at " + exchange.getRequestURI().getPath());
        }
        Transfer transfer;
        try (InputStream body = exchange.getRequestBody()) {
            transfer = json.readValue(body, Transfer.class);
        }
        String tag = exchange.getRequestHeaders().getFirst(TAG_HEADER);
        events.add(new Event(Stage.ARRIVED, call, tag));
        Gate gate = gates.get(call);
        if (gate != null) {
            gate.pass();
        }
        try {
            return guard.call(query, (connection, operation) -> accounts.apply(connection, operation, transfer));
        } catch (Accounts.RejectedException e) {
            boolean definite = call.operation() == Operation.TRY || call.operation() == Operation.ACTION;
            return definite
                    ? new BranchGuard.Answer(409, "{\"dtm_result\":\"FAILURE\",\"message\":\"rejected\"}")
                    : new BranchGuard.Answer(500, "{\"message\":\"cannot be done now\"}");
        } finally {
            events.add(new Event(Stage.ANSWERED, call, tag));
        }
    }
}
