package io.holdfast.examples.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Operation;
import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.participant.Delivery;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.participant.RejectedException;
import io.holdfast.examples.participant.Route;
import io.holdfast.fence.FenceResult;
import io.holdfast.testkit.component.RedisServer;
import io.holdfast.testkit.fence.FenceVectors;
import io.holdfast.testkit.fence.FenceVectors.Call;
import io.holdfast.testkit.fence.FenceVectors.Sequence;
import io.holdfast.testkit.fence.FenceVectors.Stock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hot goods of the stock service, on a real Redis. */
class StockInRedisIT {
    private static final Path ROOT = Path.of(Objects.requireNonNull(System.getProperty("holdfast.root")));
    private static final AtomicLong SKUS = new AtomicLong();

    private static RedisServer server;
    private static RedisStock redis;

    private final long skuId = SKUS.incrementAndGet();
    @SuppressWarnings("NullAway.Init") // set before each test
    private HotAndColdStock stock;

    @BeforeAll
    static void start() throws Exception {
        RedisServer.require();
        server = RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
        redis = RedisStock.connect(server.port());
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            redis.close();
            server.close();
        }
    }

    @BeforeEach
    void openTheStock() {
        stock = new HotAndColdStock(Set.of(skuId), redis, (delivery, route) -> FenceResult.CONFLICT);
    }

    static List<Sequence> sequences() throws IOException {
        return FenceVectors.read(ROOT);
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void theVectorsHold(Sequence sequence) throws Exception {
        redis.putOnSale(skuId, FenceVectors.stockBefore(ROOT).free());
        for (Call call : sequence.calls()) {
            assertThat(resultOf(call)).as(call.toString()).isEqualTo(call.result());
            RedisStock.Quantities there = redis.quantities(skuId);
            assertThat(new Stock(there.free(), there.held(), there.sold())).as(call.toString()).isEqualTo(call.stock());
        }
    }

    private String resultOf(Call call) throws Exception {
        try {
            return deliver(Operation.valueOf(call.op().toUpperCase(Locale.ROOT)), call.branchId(),
                    call.pieces()).name();
        } catch (RejectedException e) {
            assertThat(e.reason()).isEqualTo("insufficient_stock");
            return FenceVectors.REJECTED;
        }
    }

    @Test
    void whatBecameOfEachBranchIsReadBack() throws Exception {
        redis.putOnSale(skuId, 10);
        deliver(Operation.TRY, "01", 2);
        deliver(Operation.CONFIRM, "01", 2);
        deliver(Operation.TRY, "02", 3);
        deliver(Operation.CANCEL, "03", 1);

        assertThat(redis.marks(skuId)).containsExactlyInAnyOrder(
                new RedisStock.Mark("mall:1", "01", "confirmed", 2), new RedisStock.Mark("mall:1", "02", "tried", 3),
                new RedisStock.Mark("mall:1", "03", "never_tried", 1));
        assertThat(redis.quantities(skuId)).isEqualTo(new RedisStock.Quantities(5, 3, 2));
    }

    @Test
    void whatIsNotHotGoesToTheDatabase() throws Exception {
        OrderTicket cold = new OrderTicket("r", 1, "merchant", skuId + 1_000_000, 1, 100, null);

        assertThat(stock.deliver(new Delivery("mall:1", "02", Operation.TRY, cold), route(Operation.TRY)))
                .isEqualTo(FenceResult.CONFLICT);
        assertThat(redis.marks(skuId)).isEmpty();
    }

    @Test
    void aServerThatForgotTheScriptIsGivenItAgain() throws Exception {
        redis.putOnSale(skuId, 10);
        deliver(Operation.TRY, "01", 1);
        server.command("SCRIPT", "FLUSH");

        assertThat(deliver(Operation.CONFIRM, "01", 1)).isEqualTo(FenceResult.RAN);
    }

    @Test
    void aPortWithoutARedisIsSaidToHaveNone() {
        assertThatThrownBy(() -> RedisStock.connect(1)).isInstanceOf(IOException.class)
                .hasMessageContaining("Redis does not answer at port 1");
    }

    @Test
    void itsScriptIsThatOfThePage() throws Exception {
        String page = Files.readString(ROOT.resolve("docs/participants.md"));
        int start = page.indexOf("<!-- fence: redis -->\n```lua\n") + "<!-- fence: redis -->\n```lua\n".length();

        assertThat(StockInRedisIT.class.getResourceAsStream("fence.lua"))
                .hasContent(page.substring(start, page.indexOf("```", start)));
    }

    private FenceResult deliver(Operation operation, String branchId, int pieces) throws Exception {
        OrderTicket ticket = new OrderTicket("r", 1, "merchant", skuId, pieces, 100, null);
        return stock.deliver(new Delivery("mall:1", branchId, operation, ticket), route(operation));
    }

    private static Route route(Operation operation) {
        return StockService.routes(PlantedBug.NONE).stream().filter(route -> route.operation() == operation).findFirst()
                .orElseThrow(() -> new AssertionError(MallService.STOCK + " has no " + operation));
    }
}
