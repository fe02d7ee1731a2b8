package io.holdfast.server.grpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.holdfast.rpc.v1.ClientFrame;
import io.holdfast.rpc.v1.ServerFrame;
import io.holdfast.rpc.v1.StreamReply;
import io.holdfast.rpc.v1.StreamRequest;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One stream of frames. Requests are begun in the order in which they come and answered in the order in which they are done;
 * what is done at the same time goes into one frame.
 * <p>
 * Bounded by what is under way: a request counts from its frame until its answer has been written, and while there are too many
 * no further frame is taken in, so that a client which does not read is stopped by its own flow control. Owned by an event loop;
 * answers come from any thread.
 */
final class ConnectStream implements StreamObserver<ClientFrame> {

    static final int MAX_REQUESTS_PER_FRAME = 1_000;
    /** As long as there are fewer, another frame is taken in. */
    static final int ENOUGH_UNDER_WAY = 4_096;
    private static final int MAX_REPLIES_PER_FRAME = 1_000;
    /** Clients commonly take messages of 4 MiB at most. */
    private static final int MAX_FRAME_BYTES = 1 << 20;

    private final ServerCallStreamObserver<ServerFrame> to;
    private final Executor loop;
    private final Handler handler;
    private final Queue<StreamReply> done = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean flushIsDue = new AtomicBoolean();
    /** Those that were not answered yet. */
    private final Set<Long> underWay = new HashSet<>();
    private boolean frameRequested;
    private boolean clientIsDone;
    private boolean over;

    /** Does what a request asks for; the answer is given once, on any thread, at once or later. */
    interface Handler {
        void handle(StreamRequest request, Consumer<StreamReply.Builder> answer);
    }

    ConnectStream(ServerCallStreamObserver<ServerFrame> to, Executor loop, Handler handler) {
        this.to = to;
        this.loop = loop;
        this.handler = handler;
    }

    /** Before the call begins. */
    void start() {
        to.disableAutoRequest();
        to.setOnReadyHandler(this::flush);
        to.setOnCancelHandler(() -> loop.execute(() -> over = true));
        requestFrame();
    }

    @Override
    public void onNext(ClientFrame frame) {
        frameRequested = false;
        if (over) {
            return;
        }
        if (frame.getRequestsCount() > MAX_REQUESTS_PER_FRAME) {
            fail("a frame has " + frame.getRequestsCount() + " requests; allowed: at most " + MAX_REQUESTS_PER_FRAME);
            return;
        }
        for (StreamRequest request : frame.getRequestsList()) {
            if (!underWay.add(request.getRequestId())) {
                fail("request_id " + request.getRequestId() + " is under way already");
                return;
            }
            handler.handle(request, reply -> answered(reply.setRequestId(request.getRequestId()).build()));
        }
        requestFrame();
    }

    /** Called by any thread. */
    private void answered(StreamReply reply) {
        done.add(reply);
        if (flushIsDue.compareAndSet(false, true)) {
            loop.execute(this::flush);
        }
    }

    private void flush() {
        flushIsDue.set(false);
        while (!over && to.isReady() && !done.isEmpty()) {
            to.onNext(nextFrame());
        }
        requestFrame();
        endIfNothingIsLeft();
    }

    private ServerFrame nextFrame() {
        ServerFrame.Builder frame = ServerFrame.newBuilder();
        long bytes = 0;
        while (frame.getRepliesCount() < MAX_REPLIES_PER_FRAME && bytes < MAX_FRAME_BYTES) {
            StreamReply reply = done.poll();
            if (reply == null) {
                break;
            }
            underWay.remove(reply.getRequestId());
            bytes += reply.getSerializedSize();
            frame.addReplies(reply);
        }
        return frame.build();
    }

    private void requestFrame() {
        if (!over && !clientIsDone && !frameRequested && underWay.size() < ENOUGH_UNDER_WAY) {
            frameRequested = true;
            to.request(1);
        }
    }

    /** The server stops: what is under way is answered, then the stream ends. Called by the event loop. */
    void drain() {
        clientIsDone = true;
        endIfNothingIsLeft();
    }

    private void endIfNothingIsLeft() {
        if (!over && clientIsDone && underWay.isEmpty()) {
            over = true;
            to.onCompleted();
        }
    }

    private void fail(String why) {
        over = true;
        to.onError(Status.INVALID_ARGUMENT.withDescription(why).asRuntimeException());
    }

    @Override
    public void onError(Throwable gone) {
        over = true;
    }

    @Override
    public void onCompleted() {
        clientIsDone = true;
        endIfNothingIsLeft();
    }
}
