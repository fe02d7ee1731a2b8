package io.holdfast.server.workers.pool;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import io.holdfast.engine.lease.LeaseTerms;
import io.holdfast.engine.lease.LeasedCalls;
import io.holdfast.rpc.v1.PoolFrame;
import io.holdfast.rpc.v1.PoolWelcome;
import io.holdfast.rpc.v1.WorkerFrame;
import io.holdfast.rpc.v1.WorkerHello;
import io.holdfast.rpc.v1.WorkerResult;
import io.holdfast.server.workers.WireCalls;
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
 * What was sent is given up when {@link LeasedCalls} says so, and never earlier. Owned by an event loop; {@link #free}, {@link #take},
 * {@link #give} and the figures are for all threads.
 */
final class WorkerSession implements StreamObserver<WorkerFrame> {

    static final int MOST_SLOTS = 4_096;
    private static final LeaseTerms TERMS = LeaseTerms.USUAL;
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
    private final LeasedCalls<Leased> sent = new LeasedCalls<>(TERMS);
    private final AtomicInteger taken = new AtomicInteger();
    private volatile String name = "";
    private volatile int slots;
    private volatile double cpuLoad = -1;
    private volatile long heardNanos = System.nanoTime();
    private volatile boolean leaving;
    private volatile boolean over;
    private long heardPing;
    private long toldPing;
    private boolean wasQuiet;
    private @Nullable Future<?> sweep;

    private record Leased(Call call, Consumer<Result> whenDone) {}

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
        return !over && !leaving && slots > 0 && System.nanoTime() - heardNanos < TERMS.quietNanos();
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
            Leased leased = sent.answered(result.getCallId());
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
        if (frame.hasPing()) {
            // It may have been quiet for a moment that no sweep has seen.
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
                PoolWelcome.newBuilder().setLeaseMillis(TERMS.leaseMillis()).setPingMillis(TERMS.pingMillis()))
                .build());
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
            long id = sent.send(leased, leased.call.timeoutMillis(), now);
            bytes += leased.call.body().sizeBytes();
            frame.addCalls(WireCalls.of(id, leased.call));
        }
        return frame.build();
    }

    private void sweep() {
        long now = System.nanoTime();
        for (Leased leased : sent.giveUp(now)) {
            pool.callLost();
            ended(leased, new Result.Unknown(Trouble.WORKER_LOST, "worker " + name + " has not answered"));
        }
        if (over) {
            stopSweepingIfDone();
            return;
        }
        long silent = now - heardNanos;
        if (silent > TERMS.silentNanos()) {
            pool.workerSilent();
            to.onError(Status.DEADLINE_EXCEEDED.withDescription("no ping was heard for "
                    + TimeUnit.NANOSECONDS.toSeconds(TERMS.silentNanos()) + " s").asRuntimeException());
            end("nothing was heard of it");
        } else if (silent > TERMS.quietNanos() && !wasQuiet) {
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
        try {
            leased.whenDone.accept(result);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("gid", leased.call.gid()).setCause(e).log("could not report the end of a call");
        }
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
        sent.close();
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
