package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.holdfast.components.FreePort;
import io.holdfast.rpc.v1.BeginRequest;
import io.holdfast.rpc.v1.Branch;
import io.holdfast.rpc.v1.CoordinatorGrpc;
import io.holdfast.rpc.v1.CoordinatorGrpc.CoordinatorBlockingStub;
import io.holdfast.rpc.v1.DecideRequest;
import io.holdfast.rpc.v1.Decision;
import io.holdfast.rpc.v1.GetRequest;
import io.holdfast.rpc.v1.State;
import io.holdfast.rpc.v1.WaitRequest;
import io.holdfast.tests.process.DtmWire.Answer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The native interface of the packaged server: three wires, one engine. */
class NativeApiIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final AtomicInteger status = new AtomicInteger(200);
    private final AtomicInteger calls = new AtomicInteger();
    @SuppressWarnings("NullAway.Init") // set before each test
    private Participant shop;
    @SuppressWarnings("NullAway.Init")
    private ServerProcess server;
    @SuppressWarnings("NullAway.Init")
    private ApiWire api;
    @SuppressWarnings("NullAway.Init")
    private DtmWire dtm;
    @SuppressWarnings("NullAway.Init")
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        shop = new Participant(0, call -> {
            calls.incrementAndGet();
            return status.get();
        });
        server = ServerProcess.start(directory.resolve("data"), FreePort.choose());
        server.awaitListening();
        api = new ApiWire(server.url());
        dtm = new DtmWire(server.url());
        channel = NettyChannelBuilder.forAddress("127.0.0.1", URI.create(server.url()).getPort()).usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        dtm.close();
        api.close();
        server.close();
        shop.close();
    }

    @Test
    void aTransactionBegunOnOneWireIsTheSameOnTheOthers() throws Exception {
        assertThat(dtm.post("prepare", DtmWire.transaction("mixed 1", "tcc")).isSuccess()).isTrue();
        assertThat(api.transaction("mixed%201").path("wire").asText()).isEqualTo("dtm-http");
        assertThat(api.post("transactions/mixed%201/branches", branches("01")).status()).isEqualTo(200);
        CoordinatorBlockingStub grpc = CoordinatorGrpc.newBlockingStub(channel);
        assertThat(grpc.decide(DecideRequest.newBuilder().setGid("mixed 1").setDecision(Decision.DECISION_CONFIRM)
                .build()).getChanged()).isTrue();
        Eventually.holds("dtm says succeed", LIMIT, () -> dtm.query("mixed%201").path("transaction").path("status")
                .asText().equals("succeed"));

        assertThat(grpc.begin(BeginRequest.newBuilder().setGid("g2").addBranches(Branch.newBuilder().setBranchId("a")
                .setForwardUrl(shop.url() + "/confirm")).build()).getState()).isEqualTo(State.STATE_TRYING);
        assertThat(dtm.status("g2")).isEqualTo("prepared");
        assertThat(dtm.post("submit", DtmWire.object().put("gid", "g2").put("trans_type", "tcc")).isSuccess())
                .isTrue();
        Answer ended = api.get("transactions/g2/wait");
        assertThat(ended.json().path("state").asText()).isEqualTo("CONFIRMED");
        assertThat(grpc.wait(WaitRequest.newBuilder().setGid("g2").build()).getFinished()).isTrue();
        assertThat(grpc.get(GetRequest.newBuilder().setGid("g2").build()).getSummary().getWire())
                .isEqualTo("native-grpc");
    }

    @Test
    void aRepeatedBeginIsTheFirstOneAlsoAfterAKill() throws Exception {
        String order = "{\"businessKey\":\"order-7\",\"deadlineMillis\":3600000,\"labels\":{\"shop\":\"a\"}}";
        Answer first = api.post("transactions", order);
        assertThat(first.status()).isEqualTo(201);
        String gid = first.json().path("gid").asText();
        assertThat(api.post("heartbeats", "{\"gids\":[\"" + gid + "\",\"nobody\"]}").body())
                .isEqualTo("{\"noted\":1,\"ignored\":[\"nobody\"]}");

        server.sigkill();
        server.startAgain();
        server.awaitListening();

        Answer again = api.post("transactions", order);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().path("gid").asText()).isEqualTo(gid);
        JsonNode shown = api.transaction(gid);
        assertThat(shown.path("labels").path("shop").asText()).isEqualTo("a");
        assertThat(shown.has("heartbeatAgoMillis")).isTrue();
        assertThat(api.get("transactions?businessKey=order-7").json().path("transactions")).hasSize(1);
        assertThat(api.get("transactions?businessKey=order-8").json().path("transactions")).isEmpty();
        assertThat(api.post("transactions/" + gid + "/decision", "{\"decision\":\"cancel\"}").status()).isEqualTo(200);
        Answer other = api.post("transactions/" + gid + "/decision", "{\"decision\":\"confirm\"}");
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.json().path("transaction").path("state").asText()).isEqualTo("CANCELLED");
    }

    @Test
    void whatIsStuckSaysWhyAndAnOperatorCanAct() throws Exception {
        status.set(500);
        api.post("transactions", "{\"gid\":\"stuck\",\"policy\":{\"retryBaseMillis\":60000,\"retryCapMillis\":60000},"
                + branches("01").substring(1));
        assertThat(api.post("transactions/stuck/decision", "{\"decision\":\"confirm\"}").status()).isEqualTo(202);
        Eventually.holds("it says what is wrong", LIMIT,
                () -> api.transaction("stuck").path("whyStuck").asText().contains("status 500"));
        JsonNode shown = api.transaction("stuck");
        assertThat(shown.path("held").get(0).asText()).isEqualTo("01");
        assertThat(shown.path("ifNothingIsDone").asText()).contains("again in").contains("the decision stands");
        assertThat(shown.path("branches").get(0).path("attempts").asInt()).isPositive();

        int before = calls.get();
        Answer batch = api.post("operator/retry", "{\"filter\":{\"target\":\"" + shop.url().substring(7)
                + "\"},\"dryRun\":false,\"actor\":\"ann\"}");
        assertThat(batch.json().path("applied").asInt()).isEqualTo(1);
        Eventually.holds("it is called again at once", LIMIT, () -> calls.get() > before);
        assertThat(api.post("transactions/stuck/operator/settle",
                "{\"reason\":\"paid by hand\",\"confirmGid\":\"stuck\",\"actor\":\"ann\"}").status()).isEqualTo(200);
        JsonNode settled = api.transaction("stuck");
        assertThat(settled.path("decision").asText()).isEqualTo("confirm");
        assertThat(settled.path("audit")).extracting(line -> line.path("action").asText()).containsExactly("retry",
                "settle");
    }

    @Test
    void aSagaThatIsRefusedIsTakenBackInReverseOrder() throws Exception {
        status.set(409);
        Answer begun = api.post("sagas", "{\"gid\":\"s1\",\"branches\":[{\"branchId\":\"a\",\"action\":\"" + shop.url()
                + "/a\",\"payload\":1}]}");
        assertThat(begun.status()).isEqualTo(201);
        Eventually.holds("it is taken back", LIMIT, () -> api.state("s1").equals("CANCELLED"));
        assertThat(api.transaction("s1").path("reason").asText()).contains("409");
    }

    private String branches(String id) {
        return "{\"branches\":[{\"branchId\":\"" + id + "\",\"confirm\":\"" + shop.url() + "/confirm\",\"cancel\":\""
                + shop.url() + "/cancel\",\"payload\":{\"n\":1}}]}";
    }
}
