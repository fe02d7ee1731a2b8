package io.holdfast.examples.gateway;

import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.market.Catalogue;
import io.holdfast.examples.rest.Reply;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes each request once: whoever sends it again while it is under way waits for the same outcome, and later the coordinator
 * knows it. Nothing here blocks: what takes time is done by the workers, and who is refused has cost no more than a look.
 * Thread-safe.
 */
final class OrderDesk {
    /** Of requests that wait for an order of another one: each holds memory while the coordinator is away. */
    static final int MOST_WAITING = 500;
    /** Of questions to the coordinator at once: after it was away for a while thousands want to know, and orders come first. */
    static final int MOST_ASKING = 20;
    private static final Logger LOG = LoggerFactory.getLogger(OrderDesk.class);
    private static final String GID_PREFIX = "mall-";

    private interface Work {
        Outcome run() throws InterruptedException;
    }

    private final Catalogue catalogue;
    private final PatientCoordinator coordinator;
    private final OrderFlow tcc;
    private final OrderFlow saga;
    private final PlantedBug plant;
    private final Executor workers;
    private final Map<String, CompletableFuture<Outcome>> underWay = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> arrivals = new ConcurrentHashMap<>();
    private final Room room = new Room();
    private final Semaphore waitingRoom = new Semaphore(MOST_WAITING);
    private final Semaphore questions = new Semaphore(MOST_ASKING);

    /** @param workers may block */
    OrderDesk(Catalogue catalogue, PatientCoordinator coordinator, OrderFlow tcc, OrderFlow saga, PlantedBug plant,
            Executor workers) {
        this.catalogue = catalogue;
        this.coordinator = coordinator;
        this.tcc = tcc;
        this.saga = saga;
        this.plant = plant;
        this.workers = workers;
    }

    /** The transaction of a request: the same for every mode, so that one request cannot become two orders. */
    static String gidOf(String requestId) {
        return GID_PREFIX + requestId;
    }

    /** Places an order; empty if there is no room, and nothing was done. */
    Optional<CompletableFuture<Outcome>> place(OrderRequest request) {
        if (plant == PlantedBug.GATEWAY_PLACES_TWICE) {
            int arrival = arrivals.computeIfAbsent(request.requestId(), id -> new AtomicInteger()).incrementAndGet();
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            String gid = gidOf(request.requestId()) + (arrival == 1 ? "" : "." + arrival);
            workers.execute(() -> outcome.complete(outcomeOf(() -> run(request, gid))));
            return Optional.of(outcome);
        }
        CompletableFuture<Outcome> earlier = underWay.get(request.requestId());
        if (earlier != null) {
            return Optional.of(outcomeOfEarlier(earlier));
        }
        // Who could only wait for others learns at once that there is no room.
        if (!room.tryEnter()) {
            return Optional.empty();
        }
        CompletableFuture<Outcome> mine = new CompletableFuture<>();
        earlier = underWay.putIfAbsent(request.requestId(), mine);
        if (earlier != null) {
            room.leaveUnused();
            return Optional.of(outcomeOfEarlier(earlier));
        }
        long enteredAtNanos = System.nanoTime();
        workers.execute(() -> {
            Outcome outcome = outcomeOf(() -> run(request, gidOf(request.requestId())));
            underWay.remove(request.requestId());
            room.leave(System.nanoTime() - enteredAtNanos);
            mine.complete(outcome);
        });
        return Optional.of(mine);
    }

    /** How many orders may be under way now. */
    int roomSize() {
        return room.size();
    }

    private CompletableFuture<Outcome> outcomeOfEarlier(CompletableFuture<Outcome> earlier) {
        if (!waitingRoom.tryAcquire()) {
            return CompletableFuture.completedFuture(Outcome.unknown("under_way"));
        }
        return earlier.whenComplete((_, _) -> waitingRoom.release());
    }

    /** What became of a request; empty if the coordinator has never heard of it and nobody here is at it. */
    CompletableFuture<Optional<Outcome>> lookUp(String requestId) {
        if (underWay.containsKey(requestId)) {
            return CompletableFuture.completedFuture(Optional.of(Outcome.unknown("under_way")));
        }
        if (!questions.tryAcquire()) {
            return CompletableFuture.completedFuture(Optional.of(Outcome.unknown("overloaded")));
        }
        CompletableFuture<Optional<Outcome>> found = new CompletableFuture<>();
        workers.execute(() -> {
            try {
                found.complete(ask(requestId));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                found.complete(Optional.of(Outcome.unknown("draining")));
            } catch (RuntimeException e) {
                found.completeExceptionally(e);
            } finally {
                questions.release();
            }
        });
        return found;
    }

    private Optional<Outcome> ask(String requestId) throws InterruptedException {
        return switch (coordinator.get(gidOf(requestId))) {
            case Reply.State state -> Optional.of(Outcome.of(state));
            case Reply.Missing _ -> Optional.empty();
            case Reply.Refused(String code, String _, Reply.State _) -> Optional.of(Outcome.unknown(code));
            case Reply.Unknown _ -> Optional.of(Outcome.unknown("no_answer_to_query"));
        };
    }

    /** Whatever happens, who waits for it gets an answer, and the place becomes free. */
    private static Outcome outcomeOf(Work work) {
        try {
            return work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.unknown("draining");
        } catch (RuntimeException e) {
            LOG.error("an order failed in the gateway", e);
            return Outcome.unknown("gateway_failed");
        }
    }

    private Outcome run(OrderRequest request, String gid) throws InterruptedException {
        return (switch (request.mode()) {
            case TCC -> tcc;
            case SAGA -> saga;
        }).place(gid, catalogue.ticket(request));
    }
}
