package io.holdfast.server.workers.pool;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import io.holdfast.rpc.v1.PoolFrame;
import io.holdfast.rpc.v1.PoolWelcome;
import io.holdfast.rpc.v1.WorkerFrame;
import io.holdfast.rpc.v1.WorkerHello;
import io.holdfast.rpc.v1.WorkerResult;
import io.holdfast.server.workers.WireCalls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker on one stream.
 * <p>
 * Why a branch has never two calls under way, whatever a worker does, as long as its clock runs: a call is begun only within the
 * lease of a ping that was heard before the call was sent, and such a ping was sent earlier still. So it is begun at most one lease
 * after it was sent from here, and ends one time-out later; only then is it given up here. No two clocks are compared.
 * <p>
 * Owned by an event loop; {@link #free}, {@link #take}, {@link #give} and the figures are for all threads.
 */
final class WorkerSession implements StreamObserver<WorkerFrame> {

    static final int LEASE_MILLIS = 4_000;
    static final int PING_MILLIS = 1_000;
    static final int MOST_SLOTS = 4_096;
    /** A worker that is silent for so long gets no calls: it would only hand them back. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(LEASE_MILLIS) / 2;
    /** A connection on which nothing is heard for so long is half-open. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(8);
    /** What the worker's own timers get before a call is given up. */
    private static final int GRACE_MILLIS = 500;
    private static final int SWEEP_MILLIS = 250;
    private static final int MAX_CALLS_PER_FRAME = 1_000;
    private static final int MAX_FRAME_BYTES = 1 << 20;
    private static final int MOST_NAME_CHARS = 64;
    private static final Logger LOG = LoggerFactory.getLogger(WorkerSession.class);

    private final WorkerPool pool;
    private final ServerCallStreamObserver<PoolFrame> to;
    private final ScheduledExecutorService loop;
    private final Queue<Leased> unsent = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean flushIsDue = new AtomicBoolean();
    private final Map<Long, Leased> sent = new HashMap<>();
    private final AtomicInteger taken = new AtomicInteger();
    private volatile String name = "";
    private volatile int slots;
    private volatile double cpuLoad = -1;
    private volatile long heardNanos = System.nanoTime();
    private volatile boolean leaving;
    private volatile boolean over;
    private long lastCallId;
    private long heardPing;
    private long toldPing;
    private boolean wasQuiet;
    private @Nullable Future<?> sweep;

    private static final class Leased {
        final Call call;
        final Consumer<Result> whenDone;
        /** From the moment when it was sent. */
        long givenUpAtNanos;

        Leased(Call call, Consumer<Result> whenDone) {
            this.call = call;
            this.whenDone = whenDone;
        }
    }

    WorkerSession(WorkerPool pool, ServerCallStreamObserver<PoolFrame> to, ScheduledExecutorService loop) {
        this.pool = pool;
        this.to = to;
        this.loop = loop;
    }

    /** Before the stream begins. */
    void start() {
        to.setOnReadyHandler(this::flush);
        to.setOnCancelHandler(() -> loop.execute(() -> end("its connection is gone")));
        sweep = loop.scheduleAtFixedRate(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** How many more calls it takes. */
    int free() {
        return isLive() ? Math.max(0, slots - taken.get()) : 0;
    }

    /** Whether it is there and heard. */
    boolean isLive() {
        return !over && !leaving && slots > 0 && System.nanoTime() - heardNanos < QUIET_NANOS;
    }

    /** Keeps a slot for {@link #give}. Returns whether there was one. */
    boolean take() {
        int before = taken.getAndUpdate(now -> now < slots ? now + 1 : now);
        return before < slots;
    }

    /** Leases a call to the worker; a slot was taken for it. */
    void give(Call call, Consumer<Result> whenDone) {
        unsent.add(new Leased(call, whenDone));
        if (flushIsDue.compareAndSet(false, true)) {
            try {
                loop.execute(this::flush);
            } catch (RejectedExecutionException e) {
                // The server stops: nothing is sent any more.
                flushIsDue.set(false);
                handBackUnsent();
            }
        }
    }

    WorkerPool.WorkerFigures figures() {
        return new WorkerPool.WorkerFigures(name, slots, taken.get(), cpuLoad,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heardNanos), leaving);
    }

    @Override
    public void onNext(WorkerFrame frame) {
        if (over) {
            return;
        }
        if (frame.hasHello() == (slots > 0)) {
            fail(slots > 0 ? "hello was said before" : "the first frame says hello");
            return;
        }
        if (frame.hasHello() && !welcome(frame.getHello())) {
            return;
        }
        heardNanos = System.nanoTime();
        if (frame.hasPing()) {
            heardPing = frame.getPing().getNumber();
            cpuLoad = frame.getPing().getCpuLoad();
        }
        for (WorkerResult result : frame.getResultsList()) {
            Leased leased = sent.remove(result.getCallId());
            // One that comes too late was given up here: nobody waits for it.
            if (leased != null) {
                ended(leased, WireCalls.result(result));
            }
        }
        if (frame.getLeaving()) {
            leaving = true;
            handBackUnsent();
            pool.changed();
        }
        if (wasQuiet) {
            wasQuiet = false;
            pool.changed();
        }
        flush();
        completeIfDone();
    }

    private boolean welcome(WorkerHello hello) {
        String said = hello.getName();
        if (said.isEmpty() || said.length() > MOST_NAME_CHARS || !said.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            fail("the name of a worker has 1 to " + MOST_NAME_CHARS + " visible ASCII characters");
            return false;
        }
        if (hello.getSlots() < 1 || hello.getSlots() > MOST_SLOTS) {
            fail("a worker has 1 to " + MOST_SLOTS + " slots, not " + hello.getSlots());
            return false;
        }
        name = said;
        if (!pool.join(this)) {
            fail("there are too many workers");
            return false;
        }
        to.onNext(PoolFrame.newBuilder().setWelcome(
                PoolWelcome.newBuilder().setLeaseMillis(LEASE_MILLIS).setPingMillis(PING_MILLIS)).build());
        slots = hello.getSlots();
        heardNanos = System.nanoTime();
        LOG.atInfo().addKeyValue("worker", name).addKeyValue("slots", slots).log("a worker has come");
        pool.changed();
        return true;
    }

    private void flush() {
        flushIsDue.set(false);
        if (over || leaving) {
            handBackUnsent();
            return;
        }
        while (to.isReady() && (!unsent.isEmpty() || heardPing != toldPing)) {
            to.onNext(nextFrame());
        }
    }

    private PoolFrame nextFrame() {
        PoolFrame.Builder frame = PoolFrame.newBuilder().setHeardPing(heardPing);
        toldPing = heardPing;
        long now = System.nanoTime();
        long bytes = 0;
        while (frame.getCallsCount() < MAX_CALLS_PER_FRAME && bytes < MAX_FRAME_BYTES) {
            Leased leased = unsent.poll();
            if (leased == null) {
                break;
            }
            long mostMillis = (long) LEASE_MILLIS + leased.call.timeoutMillis() + GRACE_MILLIS;
            leased.givenUpAtNanos = now + TimeUnit.MILLISECONDS.toNanos(mostMillis);
            sent.put(++lastCallId, leased);
            bytes += leased.call.body().sizeBytes();
            frame.addCalls(WireCalls.of(lastCallId, leased.call));
        }
        return frame.build();
    }

    private void sweep() {
        long now = System.nanoTime();
        List<Long> late = new ArrayList<>();
        sent.forEach((id, leased) -> {
            if (now - leased.givenUpAtNanos >= 0) {
                late.add(id);
            }
        });
        for (Long id : late) {
            Leased leased = sent.remove(id);
            if (leased != null) {
                pool.callLost();
                ended(leased, new Result.Unknown(Trouble.WORKER_LOST, "worker " + name + " has not answered"));
            }
        }
        if (over) {
            stopSweepingIfDone();
            return;
        }
        long silent = now - heardNanos;
        if (silent > SILENT_NANOS) {
            pool.workerSilent();
            to.onError(Status.DEADLINE_EXCEEDED.withDescription("no ping was heard for "
                    + TimeUnit.NANOSECONDS.toSeconds(SILENT_NANOS) + " s").asRuntimeException());
            end("nothing was heard of it");
        } else if (silent > QUIET_NANOS && !wasQuiet) {
            wasQuiet = true;
            pool.changed();
        }
        completeIfDone();
    }

    private void ended(Leased leased, Result result) {
        if (result instanceof Result.HandedBack) {
            pool.callHandedBack();
        }
        // First, so that whoever is told finds the slot free.
        taken.decrementAndGet();
        leased.whenDone.accept(result);
    }

    private void handBackUnsent() {
        for (Leased leased = unsent.poll(); leased != null; leased = unsent.poll()) {
            ended(leased, new Result.HandedBack());
        }
    }

    private void completeIfDone() {
        if (leaving && !over && sent.isEmpty()) {
            to.onCompleted();
            end("it left");
        }
    }

    private void fail(String why) {
        to.onError(Status.INVALID_ARGUMENT.withDescription(why).asRuntimeException());
        end(why);
    }

    /** What it has may still be under way, and is waited for. */
    private void end(String why) {
        if (over) {
            return;
        }
        over = true;
        handBackUnsent();
        if (!name.isEmpty()) {
            LOG.atInfo().addKeyValue("worker", name).addKeyValue("why", why).addKeyValue("calls", sent.size())
                    .log("a worker is gone");
        }
        pool.leave(this);
        stopSweepingIfDone();
    }

    private void stopSweepingIfDone() {
        if (sent.isEmpty() && sweep != null) {
            sweep.cancel(false);
        }
    }

    @Override
    public void onError(Throwable gone) {
        end("its connection is gone");
    }

    @Override
    public void onCompleted() {
        if (!over) {
            to.onCompleted();
            end("it has ended its stream");
        }
    }
}
