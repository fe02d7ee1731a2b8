package io.holdfast.server.grpc;

import static io.holdfast.server.testing.Transactions.changed;
import static io.holdfast.server.testing.Transactions.tcc;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.holdfast.api.State;
import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import io.holdfast.rpc.v1.BeginRequest;
import io.holdfast.rpc.v1.ClientFrame;
import io.holdfast.rpc.v1.CoordinatorGrpc;
import io.holdfast.rpc.v1.GetRequest;
import io.holdfast.rpc.v1.HeartbeatRequest;
import io.holdfast.rpc.v1.Ping;
import io.holdfast.rpc.v1.ServerFrame;
import io.holdfast.rpc.v1.StreamReply;
import io.holdfast.rpc.v1.StreamRequest;
import io.holdfast.server.testing.TestServer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GrpcStreamTest {

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final TestServer server = TestServer.ready();
    private final ManagedChannel channel = NettyChannelBuilder
            .forAddress("127.0.0.1", URI.create(server.server.url()).getPort()).usePlaintext().build();
    private final Map<Long, StreamReply> replies = new ConcurrentHashMap<>();
    private final List<ServerFrame> frames = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final StreamObserver<ClientFrame> stream = CoordinatorGrpc.newStub(channel)
            .connect(new StreamObserver<>() {
                @Override
                public void onNext(ServerFrame frame) {
                    frames.add(frame);
                    frame.getRepliesList().forEach(reply -> replies.put(reply.getRequestId(), reply));
                }

                @Override
                public void onError(Throwable failure) {
                    end.completeExceptionally(failure);
                }

                @Override
                public void onCompleted() {
                    end.complete(null);
                }
            });

    private StreamReply reply(long requestId) {
        return Objects.requireNonNull(replies.get(requestId));
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    @Test
    void requestsOfOneFrameAreAnsweredEachByItsId() {
        server.coordinator.answers(changed(tcc("g1", State.TRYING)));
        stream.onNext(ClientFrame.newBuilder().addRequests(begin(7, "g1"))
                .addRequests(StreamRequest.newBuilder().setRequestId(8)
                        .setGet(GetRequest.newBuilder().setGid("nobody")))
                .addRequests(StreamRequest.newBuilder().setRequestId(9).setPing(Ping.getDefaultInstance()))
                .addRequests(StreamRequest.newBuilder().setRequestId(10))
                .addRequests(begin(0, "a b")).build());

        TestServer.eventually(() -> replies.size() == 5);
        assertThat(reply(7L).getStatus().getGid()).isEqualTo("g1");
        assertThat(reply(8L).getError().getCode()).isEqualTo("not_found");
        assertThat(reply(9L).hasPong()).isTrue();
        assertThat(reply(10L).getError().getMessage()).contains("begin, register");
        assertThat(reply(0L).getError().getAllowed()).contains("A-Z a-z 0-9");
        assertThat(server.coordinator.only(Command.Begin.class).attributes().traceparent()).isEqualTo(TRACE);
    }

    @Test
    void answersComeAsTheyAreDoneAndTogetherInAFrame() {
        CompletableFuture<Reply> later = new CompletableFuture<>();
        server.coordinator.answersLater(later);
        ClientFrame.Builder frame = ClientFrame.newBuilder();
        for (int i = 1; i <= 500; i++) {
            frame.addRequests(begin(i, "g" + i));
        }
        stream.onNext(frame.build());
        ping(1_000);
        TestServer.eventually(() -> replies.containsKey(1_000L));
        assertThat(replies).hasSize(1);

        later.complete(changed(tcc("g", State.TRYING)));
        TestServer.eventually(() -> replies.size() == 501);
        assertThat(frames).hasSizeLessThan(100);
    }

    @Test
    void aClientThatEndsIsAnsweredWhatIsUnderWay() throws Exception {
        CompletableFuture<Reply> later = new CompletableFuture<>();
        server.coordinator.answersLater(later);
        stream.onNext(ClientFrame.newBuilder().addRequests(begin(1, "g1")).build());
        TestServer.eventually(() -> server.coordinator.commands().size() == 1);
        stream.onCompleted();
        later.complete(changed(tcc("g1", State.TRYING)));
        end.get(20, TimeUnit.SECONDS);
        assertThat(replies).containsOnlyKeys(1L);
    }

    /** What is sent again after a reconnect is the same command, which takes effect once. */
    @Test
    void aHeartbeatAndAnotherStreamWorkTheSame() {
        server.coordinator.answers(new Reply.Alive(1, List.of()));
        stream.onNext(ClientFrame.newBuilder().addRequests(StreamRequest.newBuilder().setRequestId(1)
                .setHeartbeat(HeartbeatRequest.newBuilder().addGids("g1"))).build());
        TestServer.eventually(() -> replies.containsKey(1L));
        assertThat(reply(1L).getHeartbeat().getNoted()).isEqualTo(1);
    }

    @Test
    void anIdThatIsUnderWayEndsTheStream() {
        server.coordinator.answersLater(new CompletableFuture<>());
        stream.onNext(ClientFrame.newBuilder().addRequests(begin(1, "g1")).addRequests(begin(1, "g2")).build());
        assertEndsWith(Status.Code.INVALID_ARGUMENT, "request_id 1 is under way");
    }

    @Test
    void aFrameOfTooManyRequestsEndsTheStream() {
        ClientFrame.Builder frame = ClientFrame.newBuilder();
        for (int i = 0; i <= ConnectStream.MAX_REQUESTS_PER_FRAME; i++) {
            frame.addRequests(begin(i, "g" + i));
        }
        stream.onNext(frame.build());
        assertEndsWith(Status.Code.INVALID_ARGUMENT, "1001 requests");
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @Test
    void whatIsUnderWayIsBounded() {
        server.coordinator.answersLater(new CompletableFuture<>());
        int frameSize = 500;
        for (int frame = 0; frame < 20; frame++) {
            ClientFrame.Builder requests = ClientFrame.newBuilder();
            for (int i = 0; i < frameSize; i++) {
                requests.addRequests(begin((long) frame * frameSize + i + 1, "g" + frame + "-" + i));
            }
            stream.onNext(requests.build());
        }
        TestServer.eventually(() -> server.coordinator.commands().size() >= ConnectStream.ENOUGH_UNDER_WAY);
        // Another stream is not held up meanwhile, and time enough goes by for more frames to be taken in.
        assertThat(server.get("/api/ping").status()).isEqualTo(200);
        assertThat(server.coordinator.commands().size())
                .isLessThanOrEqualTo(ConnectStream.ENOUGH_UNDER_WAY + frameSize);
    }

    @Test
    void aServerThatStopsAnswersWhatIsUnderWayAndEnds() throws Exception {
        CompletableFuture<Reply> later = new CompletableFuture<>();
        server.coordinator.answersLater(later);
        stream.onNext(ClientFrame.newBuilder().addRequests(begin(1, "g1")).build());
        TestServer.eventually(() -> server.coordinator.commands().size() == 1);
        CompletableFuture<Integer> drained = CompletableFuture.supplyAsync(server.server::drain);
        later.complete(changed(tcc("g1", State.TRYING)));
        assertThat(drained.get(20, TimeUnit.SECONDS)).isZero();
        end.get(20, TimeUnit.SECONDS);
        assertThat(replies).containsOnlyKeys(1L);
    }

    private void ping(long id) {
        stream.onNext(ClientFrame.newBuilder()
                .addRequests(StreamRequest.newBuilder().setRequestId(id).setPing(Ping.getDefaultInstance())).build());
    }

    private static StreamRequest.Builder begin(long id, String gid) {
        return StreamRequest.newBuilder().setRequestId(id)
                .setBegin(BeginRequest.newBuilder().setGid(gid).setTraceparent(TRACE));
    }

    private void assertEndsWith(Status.Code status, String said) {
        try {
            end.get(20, TimeUnit.SECONDS);
            throw new AssertionError("the stream ended well");
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOfSatisfying(StatusRuntimeException.class, ended -> {
                assertThat(ended.getStatus().getCode()).isEqualTo(status);
                assertThat(ended.getStatus().getDescription()).contains(said);
            });
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError("the stream did not end", e);
        }
    }
}
