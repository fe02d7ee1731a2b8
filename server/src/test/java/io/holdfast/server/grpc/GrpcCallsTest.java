package io.holdfast.server.grpc;

import static io.holdfast.server.testing.Transactions.branch;
import static io.holdfast.server.testing.Transactions.changed;
import static io.holdfast.server.testing.Transactions.known;
import static io.holdfast.server.testing.Transactions.refused;
import static io.holdfast.server.testing.Transactions.saga;
import static io.holdfast.server.testing.Transactions.tcc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.holdfast.api.ErrorCode;
import io.holdfast.core.Attributes;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Attributes.Label;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.engine.Coordinator.Overloaded;
import io.holdfast.engine.Coordinator.Page;
import io.holdfast.engine.Coordinator.PendingCall;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.rpc.v1.BeginRequest;
import io.holdfast.rpc.v1.Branch;
import io.holdfast.rpc.v1.CoordinatorGrpc;
import io.holdfast.rpc.v1.CoordinatorGrpc.CoordinatorBlockingStub;
import io.holdfast.rpc.v1.DecideRequest;
import io.holdfast.rpc.v1.Decision;
import io.holdfast.rpc.v1.GetRequest;
import io.holdfast.rpc.v1.HeartbeatRequest;
import io.holdfast.rpc.v1.ListRequest;
import io.holdfast.rpc.v1.Mode;
import io.holdfast.rpc.v1.NewGidsRequest;
import io.holdfast.rpc.v1.OperateAllRequest;
import io.holdfast.rpc.v1.OperateRequest;
import io.holdfast.rpc.v1.OperatorFilter;
import io.holdfast.rpc.v1.RegisterRequest;
import io.holdfast.rpc.v1.State;
import io.holdfast.rpc.v1.Transaction;
import io.holdfast.rpc.v1.TransactionStatus;
import io.holdfast.rpc.v1.TransactionSummary;
import io.holdfast.rpc.v1.TryResult;
import io.holdfast.rpc.v1.WaitRequest;
import io.holdfast.rpc.v1.WatchRequest;
import io.holdfast.server.config.AccessToken;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.Transactions;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** holdfast.v1 by a client that is not of our making. */
class GrpcCallsTest {

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final TestServer server = TestServer.ready();
    private final ManagedChannel channel = channel(server);
    private final CoordinatorBlockingStub stub = CoordinatorGrpc.newBlockingStub(channel);

    private static ManagedChannel channel(TestServer server) {
        URI uri = URI.create(server.server.url());
        return NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort()).usePlaintext().build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    @Test
    void everyFieldOfABeginArrives() {
        server.coordinator.answers(changed(saga("s1", io.holdfast.api.State.RUNNING)));
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), TRACE);

        TransactionStatus got = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .begin(BeginRequest.newBuilder().setGid("s1").setBusinessKey("order-7").setMode(Mode.MODE_SAGA)
                        .setDeadlineMillis(0).putLabels("team", "blue").putHeaders("X-Tenant", "b")
                        .setPolicy(io.holdfast.rpc.v1.CallPolicy.newBuilder().setCallTimeoutMillis(1)
                                .setRetryBaseMillis(2).setRetryCapMillis(3).setOngoingMillis(4).setRetryLimit(5))
                        .setGraph(true)
                        .addBranches(Branch.newBuilder().setBranchId("a").setForwardUrl("http://127.0.0.1/a")
                                .setPayload(ByteString.copyFrom(new byte[]{0, -1})))
                        .addBranches(Branch.newBuilder().setBranchId("b").setBackwardUrl("http://127.0.0.1/b")
                                .addAfter("a"))
                        .build());

        assertThat(got.getState()).isEqualTo(State.STATE_RUNNING);
        assertThat(got.getChanged()).isTrue();
        assertThat(server.coordinator.only(Command.Begin.class)).isEqualTo(new Command.Begin("s1",
                io.holdfast.api.Mode.SAGA, 0, new CallPolicy(1, 2, 3, 4, 5),
                new SagaOrder(true, List.of(List.of(), List.of(0))),
                new Attributes("native-grpc", TRACE, "order-7", "", List.of(new Header("X-Tenant", "b")), false,
                        List.of(new Label("team", "blue"))),
                List.of(new BranchSpec("a", "http://127.0.0.1/a", "", Payload.of(new byte[]{0, -1})),
                        new BranchSpec("b", "", "http://127.0.0.1/b", Payload.EMPTY))));
    }

    @Test
    void everyCallHasItsTwin() {
        server.coordinator.answers(changed(tcc("g1", io.holdfast.api.State.TRYING)));
        assertThat(stub.newGids(NewGidsRequest.newBuilder().setCount(2).build()).getGidsList())
                .containsExactly("gid-1", "gid-2");
        stub.begin(BeginRequest.getDefaultInstance());
        stub.register(RegisterRequest.newBuilder().setGid("g1").addBranches(Branch.newBuilder().setBranchId("01"))
                .build());
        stub.decide(DecideRequest.newBuilder().setGid("g1").setDecision(Decision.DECISION_CONFIRM)
                .addTryResults(TryResult.newBuilder().setBranchId("01").setResult(ByteString.copyFromUtf8("h")))
                .build());
        stub.operate(OperateRequest.newBuilder().setGid("g1").setActor("ann")
                .setAction(io.holdfast.rpc.v1.OperatorAction.OPERATOR_ACTION_PAUSE).setReason("why").build());
        assertThat(server.coordinator.commands()).hasSize(4).endsWith(
                new Command.Register("g1", List.of(new BranchSpec("01", "", "", Payload.EMPTY))),
                new Command.Decide("g1", io.holdfast.api.Decision.CONFIRM, "",
                        List.of(new Command.TryResult("01", Payload.of(new byte[]{'h'})))),
                new Command.Operate("g1", OperatorAction.PAUSE, "ann", "why"));
        server.coordinator.answers(new Reply.Alive(1, List.of("g2")));
        assertThat(stub.heartbeat(HeartbeatRequest.newBuilder().addGids("g1").addGids("g2").build()).getIgnoredList())
                .containsExactly("g2");
    }

    @Test
    void whatIsKnownIsShown() {
        io.holdfast.core.Transaction transaction = Transactions.in(io.holdfast.api.State.CONFIRMING,
                io.holdfast.api.Mode.TCC, "g1", branch("01", Progress.OWED, Progress.IDLE));
        server.coordinator.knows(new TransactionView(transaction,
                List.of(new PendingCall(0, "confirm", 3, "status 500", 10, 20, false)), List.of(), 0));
        Transaction got = stub.get(GetRequest.newBuilder().setGid("g1").build());
        assertThat(got.getWhyStuck()).contains("status 500");
        assertThat(got.getHeldList()).containsExactly("01");
        assertThat(got.getBranches(0).getAttempts()).isEqualTo(3);
        assertThat(got.getSummary().getDecision()).isEqualTo(Decision.DECISION_CONFIRM);
        assertThat(stub.wait(WaitRequest.newBuilder().setGid("g1").setTimeoutMillis(0).build()).getFinished())
                .isFalse();

        server.coordinator.lists(new Page(List.of(transaction), "7"));
        assertThat(stub.list(ListRequest.newBuilder().addStates(State.STATE_CONFIRMING).setPaused(false).build())
                .getNextCursor()).isEqualTo("7");
        assertThat(server.coordinator.listQueries()).containsExactly(new ListQuery(
                List.of(io.holdfast.api.State.CONFIRMING), null, "", 0, 0, null, false, "", 100));
    }

    @Test
    void aBatchHasToSayWhetherItIsADryRun() {
        server.coordinator.lists(new Page(List.of(tcc("g1", io.holdfast.api.State.CONFIRMING)), ""));
        OperateAllRequest.Builder request = OperateAllRequest.newBuilder()
                .setAction(io.holdfast.rpc.v1.OperatorAction.OPERATOR_ACTION_RETRY)
                .setFilter(OperatorFilter.newBuilder().setNeedsAttention(true));
        assertThat(failure(() -> stub.operateAll(request.build())).getStatus().getDescription()).contains("dryRun");
        assertThat(stub.operateAll(request.setDryRun(true).build()).getGidsList()).containsExactly("g1");
    }

    @Test
    void anErrorHasAStatusTheCodeAndTheState() {
        server.coordinator.answers(refused(ErrorCode.DECISION_CONFLICT, tcc("g1", io.holdfast.api.State.CANCELLED)));
        StatusRuntimeException conflict = failure(() -> stub.decide(DecideRequest.newBuilder().setGid("g1")
                .setDecision(Decision.DECISION_CONFIRM).build()));
        assertThat(conflict.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(code(conflict)).isEqualTo("decision_conflict");
        byte[] inTheWay = Objects.requireNonNull(Status.trailersFromThrowable(conflict))
                .get(Metadata.Key.of("holdfast-transaction-bin", Metadata.BINARY_BYTE_MARSHALLER));
        assertThat(inTheWay).isNotNull();

        assertRefused(() -> stub.get(GetRequest.newBuilder().setGid("nobody").build()), Status.Code.NOT_FOUND,
                "not_found");
        assertRefused(() -> stub.begin(BeginRequest.newBuilder().setGid("a b").build()), Status.Code.INVALID_ARGUMENT,
                "invalid");
        assertRefused(() -> stub.begin(BeginRequest.newBuilder().setModeValue(9).build()),
                Status.Code.INVALID_ARGUMENT, "invalid");
        assertRefused(() -> stub.register(RegisterRequest.newBuilder().setGid("g1").addBranches(Branch.newBuilder()
                .setBranchId("01").setForwardUrl("grpc://10.0.0.1:80/a.B/C")).build()),
                Status.Code.INVALID_ARGUMENT, "address_not_allowed");
    }

    @Test
    void aFieldOfANewerClientIsRefused() {
        UnknownFieldSet more = UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(7).build()).build();
        StatusRuntimeException refused = failure(
                () -> stub.begin(BeginRequest.newBuilder().setUnknownFields(more).build()));
        assertThat(refused.getStatus().getDescription()).contains("unknown field [99] in BeginRequest");
    }

    @Test
    void tooManyQueriesAreARefusal() {
        server.coordinator.queriesFail(new Overloaded("too many queries are waiting"));
        assertRefused(() -> stub.get(GetRequest.newBuilder().setGid("g1").build()), Status.Code.RESOURCE_EXHAUSTED,
                "overloaded");
    }

    @Test
    void noAnswerFromTheEngineMayMeanThatItWasDone() {
        assertRefused(() -> stub.begin(BeginRequest.getDefaultInstance()), Status.Code.DEADLINE_EXCEEDED,
                "unknown_outcome");
    }

    @Test
    void aWatchTellsEachChangeUntilTheEnd() {
        server.coordinator.knows(tcc("g1", io.holdfast.api.State.TRYING));
        Iterator<TransactionSummary> seen = stub.withDeadlineAfter(20, TimeUnit.SECONDS)
                .watch(WatchRequest.newBuilder().setGid("g1").build());
        assertThat(seen.next().getState()).isEqualTo(State.STATE_TRYING);
        server.coordinator.changes(tcc("g1", io.holdfast.api.State.CONFIRMED));
        assertThat(seen.next().getState()).isEqualTo(State.STATE_CONFIRMED);
        assertThat(seen.hasNext()).isFalse();
        TestServer.eventually(() -> server.coordinator.watchers() == 0);
        assertRefused(() -> stub.watch(WatchRequest.newBuilder().setGid("nobody").build()).next(),
                Status.Code.NOT_FOUND, "not_found");
    }

    @Test
    void aServerThatStopsEndsWatchesAndRefusesTheRest() {
        server.coordinator.knows(tcc("g1", io.holdfast.api.State.TRYING));
        Iterator<TransactionSummary> seen = stub.withDeadlineAfter(20, TimeUnit.SECONDS)
                .watch(WatchRequest.newBuilder().setGid("g1").build());
        seen.next();
        assertThat(server.server.drain()).isZero();
        assertThat(seen.hasNext()).isFalse();
        assertRefused(() -> stub.begin(BeginRequest.getDefaultInstance()), Status.Code.UNAVAILABLE, "draining");
    }

    @Test
    void theGateStandsInFrontOfThisToo() {
        try (TestServer guarded = TestServer.starting(new AccessToken("a-token-of-16-chars"))) {
            ManagedChannel other = channel(guarded);
            try {
                CoordinatorBlockingStub calls = CoordinatorGrpc.newBlockingStub(other);
                assertRefused(() -> calls.newGids(NewGidsRequest.getDefaultInstance()), Status.Code.UNAUTHENTICATED,
                        "unauthenticated");
                Metadata metadata = new Metadata();
                metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                        "Bearer a-token-of-16-chars");
                assertRefused(() -> calls.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                        .newGids(NewGidsRequest.getDefaultInstance()), Status.Code.UNAVAILABLE, "starting");
            } finally {
                other.shutdownNow();
            }
        }
    }

    @Test
    void callsAreCountedByMethodAndStatus() {
        server.coordinator.answers(known(tcc("g1", io.holdfast.api.State.TRYING)));
        stub.begin(BeginRequest.getDefaultInstance());
        failure(() -> stub.get(GetRequest.newBuilder().setGid("nobody").build()));
        TestServer.eventually(() -> {
            String metrics = server.get("/metrics").text();
            return metrics.contains("holdfast_grpc_request_seconds_count{method=\"Begin\",status=\"OK\"} 1")
                    && metrics.contains("holdfast_grpc_request_seconds_count{method=\"Get\",status=\"NOT_FOUND\"} 1");
        });
    }

    private static void assertRefused(Runnable call, Status.Code status, String code) {
        StatusRuntimeException refused = failure(call);
        assertThat(refused.getStatus().getCode()).as("%s", refused).isEqualTo(status);
        assertThat(code(refused)).isEqualTo(code);
    }

    private static StatusRuntimeException failure(Runnable call) {
        return Objects.requireNonNull(catchThrowableOfType(StatusRuntimeException.class, call::run));
    }

    private static String code(StatusRuntimeException refused) {
        return String.valueOf(Objects.requireNonNull(Status.trailersFromThrowable(refused))
                .get(Metadata.Key.of("holdfast-code", Metadata.ASCII_STRING_MARSHALLER)));
    }
}
