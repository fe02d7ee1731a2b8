package io.holdfast.examples.gateway;

import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.market.Catalogue;
import io.holdfast.examples.rest.Reply;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes each request once: whoever sends it again while it is under way waits for the same outcome, and later the coordinator
 * knows it. Thread-safe.
 */
final class OrderDesk {
    /** Of requests that could only wait for each other, clients learn at once that there is no room for them. */
    static final int MOST_UNDER_WAY = 250;
    /** Of requests that wait for an order of another one, or ask for it: each holds memory while the coordinator is away. */
    static final int MOST_WAITING = 500;
    private static final String GID_PREFIX = "mall-";

    private final Catalogue catalogue;
    private final PatientCoordinator coordinator;
    private final OrderFlow tcc;
    private final OrderFlow saga;
    private final PlantedBug plant;
    private final Map<String, CompletableFuture<Outcome>> underWay = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> arrivals = new ConcurrentHashMap<>();
    private final Semaphore room = new Semaphore(MOST_UNDER_WAY);
    private final Semaphore waitingRoom = new Semaphore(MOST_WAITING);

    OrderDesk(Catalogue catalogue, PatientCoordinator coordinator, OrderFlow tcc, OrderFlow saga, PlantedBug plant) {
        this.catalogue = catalogue;
        this.coordinator = coordinator;
        this.tcc = tcc;
        this.saga = saga;
        this.plant = plant;
    }

    /** The transaction of a request: the same for every mode, so that one request cannot become two orders. */
    static String gidOf(String requestId) {
        return GID_PREFIX + requestId;
    }

    /** Places an order; empty if there is no room, and nothing was done. */
    Optional<Outcome> place(OrderRequest request) throws InterruptedException {
        if (plant == PlantedBug.GATEWAY_PLACES_TWICE) {
            int arrival = arrivals.computeIfAbsent(request.requestId(), id -> new AtomicInteger()).incrementAndGet();
            return Optional.of(run(request, gidOf(request.requestId()) + (arrival == 1 ? "" : "." + arrival)));
        }
        CompletableFuture<Outcome> mine = new CompletableFuture<>();
        CompletableFuture<Outcome> earlier = underWay.putIfAbsent(request.requestId(), mine);
        if (earlier != null) {
            return Optional.of(outcomeOf(earlier));
        }
        Outcome outcome = Outcome.unknown("the gateway failed");
        try {
            if (!room.tryAcquire()) {
                outcome = Outcome.unknown("overloaded");
                return Optional.empty();
            }
            try {
                outcome = run(request, gidOf(request.requestId()));
            } finally {
                room.release();
            }
            return Optional.of(outcome);
        } finally {
            underWay.remove(request.requestId());
            mine.complete(outcome);
        }
    }

    private Outcome outcomeOf(CompletableFuture<Outcome> earlier) {
        if (!waitingRoom.tryAcquire()) {
            return Outcome.unknown("under_way");
        }
        try {
            return earlier.join();
        } finally {
            waitingRoom.release();
        }
    }

    /** What became of a request; empty if the coordinator has never heard of it and nobody here is at it. */
    Optional<Outcome> lookUp(String requestId) throws InterruptedException {
        if (underWay.containsKey(requestId)) {
            return Optional.of(Outcome.unknown("under_way"));
        }
        if (!waitingRoom.tryAcquire()) {
            return Optional.of(Outcome.unknown("overloaded"));
        }
        try {
            return ask(requestId);
        } finally {
            waitingRoom.release();
        }
    }

    private Optional<Outcome> ask(String requestId) throws InterruptedException {
        return switch (coordinator.get(gidOf(requestId))) {
            case Reply.State state -> Optional.of(Outcome.of(state));
            case Reply.Missing _ -> Optional.empty();
            case Reply.Refused(String code, String _, Reply.State _) -> Optional.of(Outcome.unknown(code));
            case Reply.Unknown _ -> Optional.of(Outcome.unknown("no_answer_to_query"));
        };
    }

    private Outcome run(OrderRequest request, String gid) throws InterruptedException {
        return (switch (request.mode()) {
            case TCC -> tcc;
            case SAGA -> saga;
        }).place(gid, catalogue.ticket(request));
    }
}
