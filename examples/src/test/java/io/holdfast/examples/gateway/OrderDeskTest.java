package io.holdfast.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.dtm.DtmClient;
import io.holdfast.examples.fault.FaultCounts;
import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.market.Market;
import io.holdfast.examples.rest.CoordinatorNodes;
import io.holdfast.examples.rest.RestClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whom the gateway takes in; the orders themselves wait until the test lets them go. */
class OrderDeskTest {
    private static final URI NOBODY = URI.create("http://127.0.0.1:9");
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Market market = new Market(1, 2 * Room.MOST);
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final AtomicInteger run = new AtomicInteger();
    private final OrderDesk desk = desk((_, _) -> {
        run.incrementAndGet();
        letGo.await();
        return Outcome.confirmed();
    });

    @AfterEach
    void end() {
        workers.shutdownNow();
        http.shutdownNow();
    }

    @Test
    void whoFindsNoRoomIsRefusedAndNothingIsDone() {
        List<CompletableFuture<Outcome>> taken = fill();

        assertThat(desk.place(market.order(Room.FIRST))).isEmpty();

        letGo.countDown();
        assertThat(taken).allSatisfy(
                outcome -> assertThat(outcome).succeedsWithin(WAIT).isEqualTo(Outcome.confirmed()));
        assertThat(run).hasValue(Room.FIRST);
    }

    @Test
    void thereIsRoomAgainWhenOrdersAreDone() {
        List<CompletableFuture<Outcome>> taken = fill();
        letGo.countDown();
        taken.forEach(outcome -> assertThat(outcome).succeedsWithin(WAIT));

        assertThat(desk.place(market.order(Room.FIRST))).hasValueSatisfying(
                outcome -> assertThat(outcome).succeedsWithin(WAIT).isEqualTo(Outcome.confirmed()));
    }

    @Test
    void whoSendsAgainGetsTheOutcomeOfTheFirstAlsoWhereThereIsNoRoom() {
        fill();

        CompletableFuture<Outcome> again = desk.place(market.order(0)).orElseThrow();
        assertThat(again).isNotDone();

        letGo.countDown();
        assertThat(again).succeedsWithin(WAIT).isEqualTo(Outcome.confirmed());
        assertThat(run).hasValueLessThanOrEqualTo(Room.FIRST);
    }

    @Test
    void whoAsksForAnOrderThatIsUnderWayLearnsThat() {
        fill();

        assertThat(desk.lookUp(market.order(0).requestId())).isCompletedWithValueMatching(
                outcome -> outcome.orElseThrow().equals(Outcome.unknown("under_way")));
    }

    @Test
    void anOrderThatFailsInTheGatewayIsUnknownAndGivesItsPlaceBack() {
        OrderDesk failing = desk((_, _) -> {
            throw new IllegalStateException("on purpose");
        });

        for (int i = 0; i < 2 * Room.FIRST; i++) {
            CompletableFuture<Outcome> outcome = failing.place(market.order(0)).orElseThrow();
            assertThat(outcome).succeedsWithin(WAIT).isEqualTo(Outcome.unknown("gateway_failed"));
        }
    }

    private List<CompletableFuture<Outcome>> fill() {
        List<CompletableFuture<Outcome>> taken = new ArrayList<>();
        for (int i = 0; i < Room.FIRST; i++) {
            taken.add(desk.place(market.order(i)).orElseThrow());
        }
        return taken;
    }

    private OrderDesk desk(OrderFlow flow) {
        Duration brief = Duration.ofSeconds(1);
        PatientCoordinator coordinator = new PatientCoordinator(
                new RestClient(http, new CoordinatorNodes(List.of(NOBODY)), brief),
                new DtmClient(http, new CoordinatorNodes(List.of(NOBODY)), brief), null, new FaultCounts());
        return new OrderDesk(market.catalogue(), coordinator, flow, flow, PlantedBug.NONE, workers);
    }
}
