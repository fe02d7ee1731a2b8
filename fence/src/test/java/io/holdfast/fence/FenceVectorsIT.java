package io.holdfast.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.fence.FenceVectors;
import io.holdfast.testkit.fence.FenceVectors.Call;
import io.holdfast.testkit.fence.FenceVectors.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/fence-vectors.json holds of the library, and of the statements and the script of docs/participants.md as they stand there. */
@ParameterizedClass
@EnumSource(FenceKind.class)
class FenceVectorsIT {
    private static final int AT_ONCE = 3;

    private final FenceKind kind;
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    private final String gid = Participant.newGid();
    private Shop shop;

    FenceVectorsIT(FenceKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void open() throws Exception {
        shop = kind.shop();
        shop.fill(FenceVectors.stockBefore(ParticipantsPage.ROOT));
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    static List<Sequence> sequences() throws IOException {
        return FenceVectors.read(ParticipantsPage.ROOT);
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void callsOneAfterTheOtherDoWhatIsWritten(Sequence sequence) throws Exception {
        Map<String, Integer> effects = new TreeMap<>();
        for (Call call : sequence.calls()) {
            assertThat(shop.deliver(gid, call)).as(call.toString())
                    .isEqualTo(new Shop.Answer(call.result(), call.status()));
            assertThat(shop.stock()).as(call.toString()).isEqualTo(call.stock());
            count(effects, call.op());
        }
        assertThat(effects).isEqualTo(sequence.effects());
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void deliveredSeveralTimesAtOnceEachTakesEffectOnce(Sequence sequence) throws Exception {
        Map<String, Integer> effects = new TreeMap<>();
        for (Call call : sequence.calls()) {
            List<Shop.Answer> answers = atOnce(call);
            assertThat(answers).as(call.toString()).extracting(Shop.Answer::status).containsOnly(call.status());
            assertThat(answers).extracting(Shop.Answer::result).as(call.toString()).contains(call.result());
            assertThat(Collections.frequency(answers, new Shop.Answer(FenceVectors.RAN, 200))).as(call.toString())
                    .isEqualTo(call.result().equals(FenceVectors.RAN) ? 1 : 0);
            assertThat(shop.stock()).as(call.toString()).isEqualTo(call.stock());
            count(effects, call.op());
        }
        assertThat(effects).isEqualTo(sequence.effects());
    }

    /** What took effect since the last time, by whichever operation was delivered. */
    private void count(Map<String, Integer> effects, String op) throws Exception {
        int before = effects.values().stream().mapToInt(Integer::intValue).sum();
        int now = shop.effects();
        if (now > before) {
            effects.merge(op, now - before, Integer::sum);
        }
    }

    private List<Shop.Answer> atOnce(Call call) throws Exception {
        CyclicBarrier start = new CyclicBarrier(AT_ONCE);
        List<Future<Shop.Answer>> deliveries = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            deliveries.add(threads.submit(() -> {
                start.await(30, TimeUnit.SECONDS);
                return shop.deliver(gid, call);
            }));
        }
        List<Shop.Answer> answers = new ArrayList<>();
        for (Future<Shop.Answer> delivery : deliveries) {
            answers.add(delivery.get(60, TimeUnit.SECONDS));
        }
        return answers;
    }
}
