package io.holdfast.engine;

import io.holdfast.api.State;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Outcome.KeptBody;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Owns the store: takes finished transactions into the archive, writes cuts, answers look-ups, forgets what is old. Works in the
 * order in which it was told, so a look-up sees everything that was finished when it was asked for.
 */
final class StoreOwner implements Owner {

    private static final List<State> OUTCOMES = List.of(State.CONFIRMED, State.CANCELLED, State.SETTLED_BY_HAND);
    private static final long HOUSEKEEPING_NANOS = 1_000_000_000L;
    /** Finished transactions forgotten in one turn: others wait meanwhile. */
    private static final int EXPIRE_AT_ONCE = 4_096;
    private static final int MAX_PER_POLL = 64;

    private final Store store;
    private final BodyStore bodies;
    private final Clock clock;
    private final EngineOptions.CutOptions options;
    private final Bell bell = new Bell();
    private final Bell coreBell;
    private final Events events;
    private final Queue<Message> inbox = new MpscUnboundedAtomicArrayQueue<>(1_024);
    private final int maxQuestions;
    private final AtomicInteger questions = new AtomicInteger();
    /** Finished transactions that wait. */
    private final AtomicInteger backlog = new AtomicInteger();
    private volatile boolean cutUnderWay;
    private volatile boolean tight;
    private volatile long freeBytes = Long.MAX_VALUE;
    private volatile boolean stopped;
    private long keepFromFinishedOrdinal;
    private long housekeepingAtNanos;
    private int expiringOutcome = OUTCOMES.size();
    private volatile long cuts;
    private volatile long expired;
    private volatile long nothingLeftAtNanos;

    /** What the rest of the engine is told. Called on the owner's thread. */
    interface Events {
        /** A cut up to this entry is durable. */
        void cutDurable(long sequence);

        /** The store failed; nothing may be acknowledged any more. */
        void failed(StorageException cause);
    }

    /** Something to do with the store, and who is told why if it is never done. */
    private record Message(Action action, Consumer<String> refuse) {

        private static final Consumer<String> NOBODY = why -> {
        };

        interface Action {
            void run(Store store) throws StorageException;
        }
    }

    StoreOwner(Store store, BodyStore bodies, Clock clock, EngineOptions options, Bell coreBell, Events events) {
        this.store = store;
        this.bodies = bodies;
        this.clock = clock;
        this.options = options.cuts();
        this.maxQuestions = options.maxWaiting();
        this.coreBell = coreBell;
        this.events = events;
        this.housekeepingAtNanos = clock.nanos();
        this.nothingLeftAtNanos = clock.nanos();
    }

    /**
     * Continues after a recovery. Called before the first poll.
     *
     * @param keptFrom the first finished transaction, in the order of finishing, that the last cut kept in the core
     */
    void start(long keptFrom) {
        keepFromFinishedOrdinal = keptFrom;
        lookAtRoom();
    }

    /** Whether so much waits that the core has to wait too. Thread-safe. */
    boolean isBehind() {
        return backlog.get() > options.maxBacklog();
    }

    /** Whether so many questions wait that no more is taken. Thread-safe. */
    boolean hasTooManyQuestions() {
        return questions.get() >= maxQuestions;
    }

    /** Whether a cut may be handed over. Thread-safe. */
    boolean isCutUnderWay() {
        return cutUnderWay;
    }

    /** Whether the disk has too little room for new transactions. Thread-safe. */
    boolean isTight() {
        return tight;
    }

    /** As of the last look. Thread-safe. */
    long freeBytes() {
        return freeBytes;
    }

    /** Takes finished transactions, in their order. Called by the core's owner. */
    void archive(List<Finished> finished) {
        backlog.addAndGet(finished.size());
        tell(to -> {
            to.archive(finished);
            boolean wasBehind = isBehind();
            backlog.addAndGet(-finished.size());
            if (wasBehind && !isBehind()) {
                coreBell.ring();
            }
        });
    }

    /** Takes a cut, with the bodies in the heap that belong to it. Called by the core's owner, one at a time. */
    void cut(Cut cut, List<KeptBody> withBodies) {
        cut(cut, withBodies, new AtCut(() -> {
        }));
    }

    /** As {@link #cut(Cut, List)}; what was asked for is done before anything else is written. */
    void cut(Cut cut, List<KeptBody> withBodies, AtCut asked) {
        cutUnderWay = true;
        tell(new Message(to -> {
            to.cut(cut, withBodies);
            cuts = cuts + 1;
            keepFromFinishedOrdinal = cut.header().finishedOrdinals() - cut.header().finishedKept();
            bodies.parked(withBodies);
            events.cutDurable(cut.header().sequence());
            asked.run(cut.header());
            cutUnderWay = false;
            coreBell.ring();
        }, asked::refuse));
    }

    /** Looks for a finished transaction among all that had finished when this was called. Thread-safe. */
    CompletableFuture<@Nullable Finished> find(String gid) {
        return ask(to -> to.find(gid));
    }

    /** As {@link #find}; a finished transaction that has the gid or, if there is one, the business key. Thread-safe. */
    CompletableFuture<@Nullable Finished> find(String gid, String businessKey) {
        return ask(from -> {
            Finished found = from.find(gid);
            return found == null && !businessKey.isEmpty() ? from.findByBusinessKey(businessKey) : found;
        });
    }

    /** A question to the store. */
    interface Question<T extends @Nullable Object> {
        T put(Store store) throws StorageException;
    }

    /** Asks on the owner's thread, where the future completes too; fails at once if too many wait. Thread-safe. */
    <T extends @Nullable Object> CompletableFuture<T> ask(Question<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (hasTooManyQuestions()) {
            answer.completeExceptionally(
                    new Coordinator.Overloaded("too many queries are waiting: try again later"));
            return answer;
        }
        questions.incrementAndGet();
        tell(new Message(to -> {
            questions.decrementAndGet();
            T found;
            try {
                found = question.put(to);
            } catch (StorageException e) {
                // Reading has failed, which takes nothing back that was acknowledged: only this answer is missing.
                answer.completeExceptionally(
                        new Coordinator.EngineUnavailable("the store cannot be read: " + e.getMessage()));
                return;
            }
            answer.complete(found);
        }, why -> answer.completeExceptionally(new Coordinator.EngineUnavailable(why))));
        return answer;
    }

    private void tell(Message.Action action) {
        tell(new Message(action, Message.NOBODY));
    }

    private void tell(Message message) {
        inbox.add(message);
        if (stopped) {
            // The owner may have looked for the last time.
            message.refuse.accept("the engine has stopped");
        }
        bell.ring();
    }

    @Override
    public String name() {
        return "store";
    }

    @Override
    public Bell bell() {
        return bell;
    }

    @Override
    public int poll() {
        if (stopped) {
            refuseWaiting("the engine has stopped");
            return 0;
        }
        int done = 0;
        try {
            while (done < MAX_PER_POLL) {
                Message message = inbox.poll();
                if (message == null) {
                    break;
                }
                message.action.run(store);
                done++;
            }
            return done + keepHouse();
        } catch (StorageException e) {
            stopped = true;
            events.failed(e);
            refuseWaiting("the store failed: " + e.getMessage());
            return 0;
        }
    }

    private int keepHouse() throws StorageException {
        if (expiringOutcome < OUTCOMES.size()) {
            expire(OUTCOMES.get(expiringOutcome));
            return 1;
        }
        if (clock.nanos() - housekeepingAtNanos < 0) {
            return 0;
        }
        housekeepingAtNanos = clock.nanos() + HOUSEKEEPING_NANOS;
        lookAtRoom();
        expiringOutcome = 0;
        return 1;
    }

    private void expire(State outcome) throws StorageException {
        long keepMillis = options.retention().of(outcome);
        int forgotten = keepMillis == 0
                ? 0
                : store.expire(outcome, clock.wallMillis() - keepMillis, keepFromFinishedOrdinal, EXPIRE_AT_ONCE);
        expired = expired + forgotten;
        if (forgotten == 0) {
            expiringOutcome++;
            if (expiringOutcome == OUTCOMES.size()) {
                nothingLeftAtNanos = clock.nanos();
            }
        }
    }

    private void lookAtRoom() {
        freeBytes = store.freeBytes();
        tight = freeBytes < options.minFreeBytes();
    }

    @Override
    public long idleNanos() {
        if (stopped) {
            return Long.MAX_VALUE;
        }
        if (!inbox.isEmpty() || expiringOutcome < OUTCOMES.size()) {
            return 0;
        }
        return Math.max(0, housekeepingAtNanos - clock.nanos());
    }

    /** Takes nothing more. Thread-safe. */
    void stop() {
        stopped = true;
        bell.ring();
    }

    /** Does what waits, then no more. Called when no thread polls. */
    void finish() throws StorageException {
        for (Message message = inbox.poll(); message != null; message = inbox.poll()) {
            message.action.run(store);
        }
        stopped = true;
    }

    /** Tells everybody who asked. Called by the owner's thread, or when that is gone. */
    void refuseWaiting(String why) {
        for (Message message = inbox.poll(); message != null; message = inbox.poll()) {
            message.refuse.accept(why);
        }
    }

    /** Cuts since the start. Thread-safe. */
    long cuts() {
        return cuts;
    }

    /** Milliseconds since everything that was old enough had been forgotten. Thread-safe. */
    long expiryAgeMillis() {
        return Math.max(0, (clock.nanos() - nothingLeftAtNanos) / 1_000_000);
    }

    /** Finished transactions forgotten since the start. Thread-safe. */
    long expired() {
        return expired;
    }
}
