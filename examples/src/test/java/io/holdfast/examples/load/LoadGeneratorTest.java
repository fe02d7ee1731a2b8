package io.holdfast.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import io.holdfast.examples.journal.JournalWriter;
import io.holdfast.examples.market.Market;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The load against a gateway that refuses everything. */
class LoadGeneratorTest {
    private static final int ORDERS = 20;
    private static final long WAIT_SECONDS = 30;

    @TempDir
    private Path place;

    private final ExecutorService runner = Executors.newVirtualThreadPerTaskExecutor();
    private final Tally tally = new Tally();
    private Server gateway;
    private GatewayClient client;
    private JournalWriter journal;
    private LoadGenerator load;

    @BeforeEach
    void start() throws Exception {
        gateway = Server.builder().http(new InetSocketAddress("127.0.0.1", 0))
                .service("/orders", (context, request) -> HttpResponse.of(HttpStatus.CONFLICT, MediaType.JSON_UTF_8,
                        "{\"outcome\":\"REJECTED\",\"reason\":\"closed\"}"))
                .build();
        gateway.start().join();
        journal = new JournalWriter(place.resolve("journal"));
        client = new GatewayClient(URI.create("http://127.0.0.1:" + gateway.activeLocalPort()));
        load = new LoadGenerator(new Market(1, ORDERS), client, journal, tally, sentAtNanos -> {
        }, ORDERS, 1000);
    }

    @AfterEach
    void end() throws Exception {
        runner.shutdownNow();
        client.close();
        journal.close();
        gateway.stop().join();
    }

    @Test
    void theLastOrdersWaitForTheBurstsTheyAreFor() throws Exception {
        load.holdBack(8);
        Future<?> loading = begin();

        awaitPlaced(12);
        load.placeAtOnce(4);
        awaitPlaced(16);
        assertThat(loading.isDone()).as("four are kept").isFalse();
        load.holdBackNone();

        loading.get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(tally.placedCount()).isEqualTo(ORDERS);
    }

    @Test
    void noMoreThanHalfOfThemWait() throws Exception {
        load.holdBack(1000);
        Future<?> loading = begin();

        awaitPlaced(10);
        load.placeAtOnce(1000);

        loading.get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(tally.placedCount()).isEqualTo(ORDERS);
    }

    private Future<?> begin() {
        return runner.submit(() -> {
            load.run();
            return null;
        });
    }

    /** Exactly so many: none of those that wait may have gone by then. */
    private void awaitPlaced(int count) throws InterruptedException {
        long giveUpAtNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (tally.placedCount() < count && System.nanoTime() - giveUpAtNanos < 0) {
            Thread.sleep(Duration.ofMillis(1));
        }
        assertThat(tally.placedCount()).isEqualTo(count);
    }
}
