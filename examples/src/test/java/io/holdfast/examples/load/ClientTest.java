package io.holdfast.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import io.holdfast.components.FreePort;
import io.holdfast.examples.journal.JournalWriter;
import io.holdfast.examples.market.Market;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a customer makes of the gateway's answers. */
class ClientTest {
    private static final HttpStatus NO_ROOM = HttpStatus.SERVICE_UNAVAILABLE;

    @TempDir
    private Path place;

    private final Tally tally = new Tally();
    private final Market market = new Market(1, 1);
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private IntFunction<HttpResponse> answers = _ -> HttpResponse.of(NO_ROOM);
    private Server gateway;
    private JournalWriter journal;

    @BeforeEach
    void start() throws IOException {
        gateway = Server.builder().http(new InetSocketAddress("127.0.0.1", 0))
                .service("/orders", (context, request) -> answers.apply(sent.incrementAndGet()))
                .service("/orders/by-request/{id}", (context, request) -> {
                    asked.incrementAndGet();
                    return json(HttpStatus.OK, "CONFIRMED");
                }).build();
        gateway.start().join();
        journal = new JournalWriter(place.resolve("journal"));
    }

    @AfterEach
    void end() throws IOException {
        journal.close();
        gateway.stop().join();
    }

    @Test
    void whoIsToldThatThereIsNoRoomStaysAwayAndHasNothingToFindOut() throws Exception {
        answers = _ -> json(NO_ROOM, "");

        buy(gateway.activeLocalPort());

        assertThat(sent).hasValue(1);
        assertThat(asked).hasValue(0);
        assertThat(tally.rejectedCount()).isEqualTo(1);
        assertThat(journal()).contains("overloaded");
    }

    @Test
    void noRoomForALaterAttemptSaysNothingOfTheFirst() throws Exception {
        answers = attempt -> attempt == 1 ? json(HttpStatus.GATEWAY_TIMEOUT, "UNKNOWN") : json(NO_ROOM, "");

        buy(gateway.activeLocalPort());

        assertThat(sent).hasValue(3);
        assertThat(asked).hasValue(1);
        assertThat(tally.confirmedCount()).as("found out by asking").isEqualTo(1);
        assertThat(tally.unknownCount()).isEqualTo(0);
    }

    @Test
    void whoDidNotReachTheGatewayHasOrderedNothing() throws Exception {
        buy(FreePort.choose());

        assertThat(tally.rejectedCount()).isEqualTo(1);
        assertThat(journal()).contains("unreachable");
    }

    private void buy(int port) throws InterruptedException {
        try (GatewayClient client = new GatewayClient(URI.create("http://127.0.0.1:" + port))) {
            new Client(market.catalogue(), client, journal, tally, sentAtNanos -> {
            }).buy(market.order(0), System.nanoTime());
        }
    }

    private String journal() throws IOException {
        return Files.readString(place.resolve("journal"));
    }

    private static HttpResponse json(HttpStatus status, String outcome) {
        return HttpResponse.of(status, MediaType.JSON_UTF_8, "{\"outcome\":\"" + outcome + "\",\"reason\":\"\"}");
    }
}
