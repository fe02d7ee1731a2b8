package io.holdfast.server.workers.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Payload;
import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import io.holdfast.engine.lease.LeaseTerms;
import io.holdfast.rpc.v1.PoolFrame;
import io.holdfast.rpc.v1.WorkerCall;
import io.holdfast.rpc.v1.WorkerFrame;
import io.holdfast.rpc.v1.WorkerHello;
import io.holdfast.rpc.v1.WorkerPing;
import io.holdfast.rpc.v1.WorkerResult;
import io.holdfast.rpc.v1.WorkerSuccess;
import io.holdfast.rpc.v1.WorkersGrpc;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.workers.WireCalls;
import io.holdfast.server.workers.process.Worker;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {

    private static final int TIMEOUT_MILLIS = 1_000;
    private static final Result OK = new Result.Success(false);

    private final TestServer server = TestServer.ready();
    private final AtomicInteger calls = new AtomicInteger();
    private final ManagedChannel channel = NettyChannelBuilder
            .forAddress("127.0.0.1", URI.create(server.server.url()).getPort()).usePlaintext()
            .maxInboundMessageSize(16 << 20).build();

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    private Call call(Payload body) {
        return new Call("g" + calls.incrementAndGet(), Mode.SAGA, "01", Operation.ACTION, "http://127.0.0.1:1/x?y=1",
                body, List.of(new Header("a", "1"), new Header("a", "2")), TIMEOUT_MILLIS, "", "native", "1.1");
    }

    private CompletableFuture<Result> give() {
        CompletableFuture<Result> result = new CompletableFuture<>();
        server.workers.call(call(Payload.of(new byte[]{1, 2})), result::complete);
        return result;
    }

    private static Result await(CompletableFuture<Result> result) throws Exception {
        return result.get(20, TimeUnit.SECONDS);
    }

    /** A worker that says and does what the test wants. */
    private final class Puppet implements StreamObserver<PoolFrame> {
        final List<WorkerCall> got = new CopyOnWriteArrayList<>();
        final List<PoolFrame> frames = new CopyOnWriteArrayList<>();
        final CompletableFuture<Void> end = new CompletableFuture<>();
        final StreamObserver<WorkerFrame> to = WorkersGrpc.newStub(channel).work(this);

        Puppet hello(int slots) {
            to.onNext(WorkerFrame.newBuilder()
                    .setHello(WorkerHello.newBuilder().setName("puppet").setSlots(slots)).build());
            return this;
        }

        void ping(long number) {
            to.onNext(WorkerFrame.newBuilder().setPing(WorkerPing.newBuilder().setNumber(number).setCpuLoad(0.5))
                    .build());
        }

        void succeed(WorkerCall call) {
            to.onNext(WorkerFrame.newBuilder().addResults(WorkerResult.newBuilder().setCallId(call.getCallId())
                    .setSuccess(WorkerSuccess.newBuilder().setAlreadyDone(true))).build());
        }

        String refusal() throws Exception {
            try {
                end.get(20, TimeUnit.SECONDS);
                return "no refusal";
            } catch (ExecutionException e) {
                Status status = Status.fromThrowable(e);
                return status.getCode() + ": " + status.getDescription();
            }
        }

        @Override
        public void onNext(PoolFrame frame) {
            frames.add(frame);
            got.addAll(frame.getCallsList());
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            end.complete(null);
        }
    }

    @Test
    void aCallReachesTheWorkerAsItIsAndItsResultComesBack() throws Exception {
        Puppet puppet = new Puppet().hello(3);
        puppet.ping(1);
        TestServer.eventually(() -> server.workers.room() == 3);
        Call made = call(Payload.of(new byte[]{0, -1}));
        CompletableFuture<Result> result = new CompletableFuture<>();
        server.workers.call(made, result::complete);
        TestServer.eventually(() -> puppet.got.size() == 1);
        assertThat(WireCalls.call(puppet.got.getFirst())).isEqualTo(made);
        assertThat(server.workers.room()).isEqualTo(2);
        puppet.succeed(puppet.got.getFirst());
        assertThat(await(result)).isEqualTo(new Result.Success(true));
        assertThat(server.workers.room()).isEqualTo(3);
        assertThat(server.workers.workers().getFirst().cpuLoad()).isEqualTo(0.5);
        assertThat(puppet.frames.getFirst().getWelcome().getLeaseMillis()).isPositive();
        assertThat(puppet.frames).anyMatch(frame -> frame.getHeardPing() == 1);
    }

    @Test
    void whoAsksIsToldWhatEachWorkerIsDoing() {
        assertThat(server.get("/api/v1/workers").json().path("workers")).isEmpty();
        Puppet puppet = new Puppet().hello(3);
        TestServer.eventually(() -> server.workers.room() == 3);
        JsonNode worker = onlyWorker();
        assertThat(worker.path("cpuLoad").isNull()).as("%s", worker).isTrue();
        server.workers.call(call(Payload.of(new byte[]{1})), result -> {
        });
        puppet.ping(1);
        TestServer.eventually(() -> onlyWorker().path("cpuLoad").asDouble() == 0.5);
        worker = onlyWorker();
        assertThat(worker.path("name").asText()).isEqualTo("puppet");
        assertThat(worker.path("slots").asInt()).isEqualTo(3);
        assertThat(worker.path("calls").asInt()).isEqualTo(1);
        assertThat(worker.path("silentMillis").asLong(-1)).isNotNegative();
        assertThat(worker.path("leaving").asBoolean(true)).isFalse();
    }

    private JsonNode onlyWorker() {
        JsonNode told = server.get("/api/v1/workers").json();
        assertThat(told.path("required").asBoolean()).isTrue();
        assertThat(told.path("workers")).hasSize(1);
        return told.path("workers").path(0);
    }

    @Test
    void withoutAWorkerACallIsHandedBackAtOnce() throws Exception {
        assertThat(server.workers.room()).isZero();
        assertThat(await(give())).isEqualTo(new Result.HandedBack());
    }

    @Test
    void whoeverMakesCallsIsToldWhenAWorkerComes() {
        AtomicInteger told = new AtomicInteger();
        server.workers.whenThereIsRoom(told::incrementAndGet);
        new Puppet().hello(1);
        TestServer.eventually(() -> told.get() > 0 && server.workers.room() == 1);
    }

    @Test
    void aLostConnectionDoesNotEndACallThatMayBeUnderWay() throws Exception {
        Puppet puppet = new Puppet().hello(1);
        TestServer.eventually(() -> server.workers.room() == 1);
        long sentNanos = System.nanoTime();
        CompletableFuture<Result> result = give();
        TestServer.eventually(() -> puppet.got.size() == 1);
        channel.shutdownNow();
        TestServer.eventually(() -> server.workers.workers().isEmpty());
        assertThat(await(result)).isInstanceOfSatisfying(Result.Unknown.class,
                unknown -> assertThat(unknown.trouble()).isEqualTo(Trouble.WORKER_LOST));
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sentNanos);
        assertThat(millis).as("a worker that lives may begin it within its lease, and a call takes its time-out")
                .isGreaterThanOrEqualTo(LeaseTerms.USUAL.leaseMillis() + TIMEOUT_MILLIS);
        assertThat(server.workers.lostCalls()).isEqualTo(1);
    }

    @Test
    void aSilentWorkerGetsNoCallsAndIsThenLeftAlone() throws Exception {
        Puppet puppet = new Puppet().hello(5);
        TestServer.eventually(() -> server.workers.room() == 5);
        TestServer.eventually(() -> server.workers.room() == 0);
        assertThat(server.workers.workers()).hasSize(1);
        puppet.ping(1);
        TestServer.eventually(() -> server.workers.room() == 5);
        assertThat(puppet.refusal()).startsWith("DEADLINE_EXCEEDED").contains("no ping");
        assertThat(server.workers.silentWorkers()).isEqualTo(1);
        TestServer.eventually(() -> server.workers.workers().isEmpty());
    }

    @Test
    void whatIsNoHelloIsRefused() throws Exception {
        Puppet rude = new Puppet();
        rude.ping(1);
        assertThat(rude.refusal()).contains("INVALID_ARGUMENT", "hello");
        assertThat(new Puppet().hello(0).refusal()).contains("1 to 4096 slots, not 0");
        Puppet twice = new Puppet().hello(1);
        twice.hello(1);
        assertThat(twice.refusal()).contains("hello was said before");
        TestServer.eventually(() -> server.workers.workers().isEmpty());
    }

    @Test
    void aResultThatNobodyWaitsForIsIgnored() throws Exception {
        Puppet puppet = new Puppet().hello(1);
        puppet.succeed(WorkerCall.newBuilder().setCallId(77).build());
        TestServer.eventually(() -> server.workers.room() == 1);
        CompletableFuture<Result> result = give();
        TestServer.eventually(() -> puppet.got.size() == 1);
        puppet.succeed(puppet.got.getFirst());
        puppet.succeed(puppet.got.getFirst());
        assertThat(await(result)).isEqualTo(new Result.Success(true));
        assertThat(server.workers.room()).isEqualTo(1);
    }

    @Test
    void aRealWorkerMakesCallsAndHandsBackNothingThatItHasBegun() throws Exception {
        Map<String, Consumer<Result>> begun = new ConcurrentHashMap<>();
        try (Worker worker = new Worker("real", List.of(URI.create(server.server.url())), null, null, 2,
                (call, whenDone) -> begun.put(call.gid(), whenDone))) {
            worker.start();
            TestServer.eventually(() -> server.workers.room() == 2 && worker.connectedNodes() == 1);
            CompletableFuture<Result> first = give();
            TestServer.eventually(() -> begun.size() == 1);
            CompletableFuture<Integer> left = CompletableFuture.supplyAsync(() -> {
                try {
                    return worker.drain(10_000);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            TestServer.eventually(() -> server.workers.room() == 0);
            assertThat(await(give())).as("asked for after it began to leave").isEqualTo(new Result.HandedBack());
            assertThat(left).isNotDone();
            begun.values().forEach(done -> done.accept(OK));
            assertThat(await(first)).isEqualTo(OK);
            assertThat(left.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    /** More than the bound on one request, both ways. */
    @Test
    void aStreamHasNoEnd() throws Exception {
        try (Worker worker = new Worker("real", List.of(URI.create(server.server.url())), null, null, 64,
                (call, whenDone) -> whenDone.accept(new Result.Ongoing("x".repeat(60_000))))) {
            worker.start();
            TestServer.eventually(() -> server.workers.room() == 64);
            for (int round = 0; round < 2 * TestServer.MAX_REQUEST_BYTES / 60_000; round++) {
                CompletableFuture<Result> result = new CompletableFuture<>();
                server.workers.call(call(Payload.of(new byte[60_000])), result::complete);
                assertThat(await(result)).isInstanceOf(Result.Ongoing.class);
            }
            assertThat(server.workers.workers()).hasSize(1);
        }
    }

    @Test
    void aWorkerNoticesThatItsNodeIsGone() {
        try (Worker worker = new Worker("real", List.of(URI.create(server.server.url())), null, null, 1,
                (call, whenDone) -> whenDone.accept(OK))) {
            worker.start();
            TestServer.eventually(() -> worker.connectedNodes() == 1);
            server.close();
            TestServer.eventually(() -> worker.connectedNodes() == 0);
        }
    }
}
