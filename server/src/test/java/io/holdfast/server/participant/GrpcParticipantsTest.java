package io.holdfast.server.participant;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Payload;
import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Participants behind a gRPC server that is not of our making. */
class GrpcParticipantsTest {

    private static final int TIMEOUT_MILLIS = 5_000;
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final Context.Key<ServerCall<?, ?>> CALL = Context.key("call");

    private final AddressGuard guard = new AddressGuard(AllowList.parse(List.of("127.0.0.0/8")),
            host -> List.of(InetAddress.ofLiteral("127.0.0.1")));
    private final HttpParticipants participants = new HttpParticipants(guard, new SimpleMeterRegistry());
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private volatile boolean saysDoneBefore;
    private volatile Behaviour behaviour = observer -> {
        observer.onNext(new byte[]{7});
        observer.onCompleted();
    };
    @SuppressWarnings("NullAway.Init") // set before each test
    private Server server;

    private record Received(Metadata metadata, byte[] message, @Nullable String authority) {
        String get(String key) {
            return String.valueOf(metadata.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER)));
        }
    }

    private interface Behaviour {
        void answer(StreamObserver<byte[]> observer);
    }

    @BeforeEach
    void serve() throws IOException {
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(MethodDescriptor.MethodType.UNARY).setFullMethodName("shop.v1.Stock/Confirm").build();
        Context.Key<Metadata> metadata = Context.key("metadata");
        ServerServiceDefinition service = ServerServiceDefinition.builder("shop.v1.Stock").addMethod(method,
                ServerCalls.asyncUnaryCall((byte[] message, StreamObserver<byte[]> observer) -> {
                    received.add(new Received(metadata.get(), message, CALL.get().getAuthority()));
                    behaviour.answer(observer);
                })).build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerInterceptors.intercept(service, new ServerInterceptor() {
                    @Override
                    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
                            ServerCallHandler<Q, A> next) {
                        ServerCall<Q, A> answering = new SimpleForwardingServerCall<>(call) {
                            @Override
                            public void sendHeaders(Metadata sent) {
                                if (saysDoneBefore) {
                                    sent.put(Metadata.Key.of("holdfast-already-done",
                                            Metadata.ASCII_STRING_MARSHALLER), "true");
                                }
                                super.sendHeaders(sent);
                            }
                        };
                        return Contexts.interceptCall(
                                Context.current().withValue(metadata, headers).withValue(CALL, call), answering,
                                headers, next);
                    }
                })).build().start();
    }

    @AfterEach
    void stop() {
        participants.close();
        guard.close();
        server.shutdownNow();
    }

    private static final Marshaller<byte[]> BYTES = new Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    static Stream<Arguments> statuses() {
        return Stream.of(
                Arguments.of(Status.ABORTED.withDescription("no stock: 50 % left"),
                        new Result.Failure("gRPC status ABORTED: no stock: 50 % left")),
                Arguments.of(Status.ABORTED.withDescription("ONGOING"),
                        new Result.Ongoing("gRPC status ABORTED: ONGOING")),
                Arguments.of(Status.FAILED_PRECONDITION.withDescription("läuft + läuft"),
                        new Result.Ongoing("gRPC status FAILED_PRECONDITION: läuft + läuft")),
                Arguments.of(Status.INTERNAL, unexpected("gRPC status INTERNAL")),
                Arguments.of(Status.UNAVAILABLE, unexpected("gRPC status UNAVAILABLE")),
                Arguments.of(Status.NOT_FOUND.withDescription("who?"), unexpected("gRPC status NOT_FOUND: who?")),
                Arguments.of(Status.CANCELLED, unexpected("gRPC status CANCELLED")));
    }

    private static Result unexpected(String detail) {
        return new Result.Unknown(Trouble.UNEXPECTED_ANSWER, detail);
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void eachStatusMeansWhatDtmsTableSays(Status status, Result means) {
        behaviour = observer -> observer.onError(new StatusRuntimeException(status));
        assertThat(call("/shop.v1.Stock/Confirm")).isEqualTo(means);
    }

    @Test
    void okIsDone() {
        assertThat(call("/shop.v1.Stock/Confirm")).isEqualTo(new Result.Success(false));
        assertThat(received.remove().authority()).isEqualTo("127.0.0.1:" + server.getPort());
        saysDoneBefore = true;
        assertThat(call("/shop.v1.Stock/Confirm")).isEqualTo(new Result.Success(true));
    }

    @Test
    void aMethodThatIsNotThereIsNoAnswer() {
        assertThat(call("/shop.v1.Stock/Cancel"))
                .isEqualTo(unexpected("gRPC status UNIMPLEMENTED: Method not found: shop.v1.Stock/Cancel"));
    }

    @Test
    void theCallCarriesThePayloadAsItIsAndWhatIdentifiesTheBranch() throws Exception {
        byte[] payload = {0, -1, 127};
        send(new Call("g1", Mode.SAGA, "stock.1", Operation.COMPENSATE, url("/shop.v1.Stock/Confirm"),
                Payload.of(payload), List.of(new Header("X-Tenant", "blue"), new Header("grpc-encoding", "gzip")),
                TIMEOUT_MILLIS, TRACE, "native-grpc", "3.14"));
        Received got = received.poll(20, TimeUnit.SECONDS);
        assertThat(got).isNotNull();
        assertThat(got.message()).isEqualTo(payload);
        assertThat(got.get("gid") + " " + got.get("branch_id") + " " + got.get("op") + " " + got.get("trans_type"))
                .isEqualTo("g1 stock.1 compensate saga");
        assertThat(got.get("dtm-gid") + " " + got.get("dtm-branch_id") + " " + got.get("dtm-op") + " "
                + got.get("dtm-trans_type")).isEqualTo("g1 stock.1 compensate saga");
        assertThat(got.get("holdfast-gid") + " " + got.get("holdfast-branch") + " " + got.get("holdfast-op") + " "
                + got.get("holdfast-epoch")).isEqualTo("g1 stock.1 compensate 3.14");
        assertThat(got.get("traceparent")).startsWith("00-0af7651916cd43dd8448eb211c80319c-").isNotEqualTo(TRACE);
        assertThat(got.get("x-tenant")).isEqualTo("blue");
        assertThat(got.get("grpc-timeout")).isNotEqualTo("null");
    }

    @Test
    void noAnswerInTimeIsUnknown() {
        behaviour = observer -> {
        };
        Call impatient = new Call("g1", Mode.TCC, "01", Operation.CONFIRM, url("/shop.v1.Stock/Confirm"), Payload.EMPTY,
                List.of(), 300, "", "native-grpc", "1.1");
        assertThat(send(impatient)).isInstanceOfSatisfying(Result.Unknown.class,
                unknown -> assertThat(unknown.trouble()).isEqualTo(Trouble.TIMED_OUT));
    }

    @Test
    void nobodyThereIsNoConnection() {
        String gone = url("/shop.v1.Stock/Confirm");
        server.shutdownNow();
        assertThat(send(call(gone, Payload.EMPTY))).isInstanceOfSatisfying(Result.Unknown.class,
                unknown -> assertThat(unknown.trouble()).isEqualTo(Trouble.NOT_CONNECTED));
    }

    @Test
    void aServerThatOnlySpeaksHttp1IsNoAnswer() throws Exception {
        try (RawParticipant http1 = RawParticipant
                .answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")) {
            assertThat(send(call(http1.url().replace("http://", "grpc://") + "/a.B/C", Payload.EMPTY)))
                    .isInstanceOf(Result.Unknown.class);
        }
    }

    @Test
    void anAnswerBeyondItsBoundIsNone() {
        behaviour = observer -> {
            observer.onNext(new byte[HttpParticipants.MAX_RESPONSE_BYTES]);
            observer.onCompleted();
        };
        assertThat(call("/shop.v1.Stock/Confirm")).isEqualTo(
                unexpected("the answer is larger than " + HttpParticipants.MAX_RESPONSE_BYTES + " bytes"));
    }

    private Result call(String method) {
        return send(call(url(method), Payload.of("{}".getBytes(StandardCharsets.UTF_8))));
    }

    private String url(String method) {
        return "grpc://127.0.0.1:" + server.getPort() + method;
    }

    private static Call call(String url, Payload payload) {
        return new Call("g1", Mode.TCC, "01", Operation.CONFIRM, url, payload, List.of(), TIMEOUT_MILLIS, "",
                "native-grpc", "1.1");
    }

    private Result send(Call call) {
        CompletableFuture<Result> result = new CompletableFuture<>();
        participants.call(call, result::complete);
        return result.orTimeout(20, TimeUnit.SECONDS).join();
    }
}
