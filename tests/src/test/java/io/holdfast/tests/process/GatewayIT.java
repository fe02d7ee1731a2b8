package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import io.holdfast.components.FreePort;
import io.holdfast.examples.gateway.GatewayService;
import io.holdfast.examples.gateway.OrderMode;
import io.holdfast.examples.gateway.OrderRequest;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.process.ChildProcess;
import io.holdfast.examples.process.JavaProcess;
import io.holdfast.examples.process.WorkDirectory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The gateway of the mall as a process before a real server, with participants that only say yes or no and remember that they were called. */
class GatewayIT {
    private static final long SOLD_OUT = 2;
    private static final long THERE = 7;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private static final ConcurrentLinkedQueue<String> CALLS = new ConcurrentLinkedQueue<>();
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static Server participants;
    private static ServerProcess coordinator;
    private static WorkDirectory directory;
    private static JavaProcess program;
    private static ChildProcess gateway;
    private static URI url;

    @TempDir
    private static Path place;

    @BeforeAll
    static void start() throws Exception {
        participants = Server.builder().http(new InetSocketAddress("127.0.0.1", 0))
                .serviceUnder("/", (context, request) -> com.linecorp.armeria.common.HttpResponse
                        .of(request.aggregate().thenApply(body -> answer(context.path() + "?" + context.query(),
                                body.contentUtf8()))))
                .build();
        participants.start().join();
        coordinator = ServerProcess.start(place.resolve("data"), FreePort.choose());
        coordinator.awaitListening();
        directory = WorkDirectory.create();
        int port = FreePort.choose();
        url = URI.create("http://127.0.0.1:" + port);
        List<String> arguments = new ArrayList<>(List.of("--coordinator", coordinator.url(), "--seed", "1",
                "--planned-orders", "100", "--parent", Long.toString(ProcessHandle.current().pid()), "--port",
                Integer.toString(port)));
        for (MallService service : MallService.values()) {
            arguments.addAll(List.of("--service",
                    service.name() + "=http://127.0.0.1:" + participants.activeLocalPort()));
        }
        program = new JavaProcess("gateway", List.of("-XX:TieredStopAtLevel=1", "-Xmx128m"),
                GatewayService.class.getName(), arguments);
        gateway = program.start(directory);
        gateway.awaitListening(START_LIMIT);
    }

    @AfterAll
    static void stop() {
        directory.close();
        coordinator.close();
        participants.stop().join();
        HTTP.close();
    }

    @ParameterizedTest
    @EnumSource(OrderMode.class)
    void aRequestThatComesAgainHasTheSameOutcomeAlsoAtAGatewayThatRemembersNothing(OrderMode mode) throws Exception {
        OrderRequest good = new OrderRequest("good-" + mode, 1, THERE, 1, null, mode);
        OrderRequest hopeless = new OrderRequest("hopeless-" + mode, 1, SOLD_OUT, 1, "c", mode);
        assertThat(place(good)).isEqualTo("200 CONFIRMED");
        assertThat(place(hopeless)).isEqualTo("409 REJECTED insufficient_stock");

        gateway.kill();
        gateway = program.start(directory);
        gateway.awaitListening(START_LIMIT);

        long before = tries("good-" + mode);
        assertThat(place(good)).isEqualTo("200 CONFIRMED");
        assertThat(place(hopeless)).isEqualTo("409 REJECTED insufficient_stock");
        assertThat(lookUp("good-" + mode)).isEqualTo("200 CONFIRMED");
        assertThat(lookUp("hopeless-" + mode)).isEqualTo("200 REJECTED insufficient_stock");
        assertThat(tries("good-" + mode)).isEqualTo(before);
    }

    @Test
    void oneRequestCannotBecomeTwoOrdersOfDifferentModes() throws Exception {
        assertThat(place(new OrderRequest("both", 1, THERE, 1, null, OrderMode.TCC))).isEqualTo("200 CONFIRMED");
        assertThat(place(new OrderRequest("both", 1, THERE, 1, null, OrderMode.SAGA))).isEqualTo("200 CONFIRMED");

        assertThat(CALLS).noneMatch(call -> call.equals("gid=mall-both action"));
    }

    @Test
    void whatWasNeverPlacedIsNotFoundAndWhatIsNoOrderIsRefused() throws Exception {
        assertThat(lookUp("nobody")).startsWith("404");
        assertThat(place(new OrderRequest("no-such-item", 1, 9_999, 1, null, OrderMode.TCC))).startsWith("400");
    }

    private static com.linecorp.armeria.common.HttpResponse answer(String target, String body) {
        String gid = target.replaceAll(".*[?&](gid=[^&]*).*", "$1");
        String operation = target.replaceAll(".*[?&]op=([^&]*).*", "$1");
        CALLS.add(gid + " " + operation);
        boolean isNo = target.startsWith("/saga/take") || target.contains("op=try");
        return isNo && body.contains("\"skuId\":" + SOLD_OUT + ",")
                ? com.linecorp.armeria.common.HttpResponse.of(HttpStatus.CONFLICT, MediaType.JSON_UTF_8,
                        "{\"dtm_result\":\"FAILURE\",\"message\":\"insufficient_stock\"}")
                : com.linecorp.armeria.common.HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8,
                        "{\"dtm_result\":\"SUCCESS\"}");
    }

    private static long tries(String requestId) {
        return CALLS.stream().filter(call -> call.equals("gid=mall-" + requestId + " try")
                || call.equals("gid=mall-" + requestId + " action")).count();
    }

    private static String place(OrderRequest order) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(url.resolve("/orders"))
                .POST(HttpRequest.BodyPublishers.ofString(order.toJson())));
    }

    private static String lookUp(String requestId) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(url.resolve("/orders/by-request/" + requestId)).GET());
    }

    /** Status, outcome and reason. */
    private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        String body = response.body();
        return (response.statusCode() + " " + body.replaceAll(".*\"outcome\":\"([A-Z]*)\",\"reason\":\"([^\"]*)\".*",
                "$1 $2")).strip();
    }
}
