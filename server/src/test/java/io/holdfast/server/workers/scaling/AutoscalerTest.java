package io.holdfast.server.workers.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.server.testing.TestServer;
import io.holdfast.server.workers.pool.WorkerPool;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AutoscalerTest {

    private final WorkerPool pool = new WorkerPool((call, whenDone) -> {
        throw new AssertionError("nothing is called");
    }, true);
    private final List<Integer> provided = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicReference<OptionalInt> waiting = new AtomicReference<>(OptionalInt.of(0));

    private Autoscaler between(int least, int most) {
        return new Autoscaler(pool, () -> waiting.get(), ScalingBounds.between(least, most), new WorkerProvider() {
            @Override
            public void provide(int workers) {
                provided.add(workers);
                if (provided.size() == 1) {
                    throw new IllegalStateException("the first time it fails");
                }
            }

            @Override
            public void close() {
                closed.set(true);
            }
        });
    }

    @Test
    void itGoesOnAfterALookThatFailedAndClosesWhatItProvided() {
        try (Autoscaler scaling = between(2, 4)) {
            scaling.start();
            TestServer.eventually(() -> provided.size() > 2);
            assertThat(provided).containsOnly(2);
            assertThat(closed).isFalse();
        }
        assertThat(closed).isTrue();
    }

    @Test
    void whoDoesNotKnowKeepsWhatThereIs() {
        waiting.set(OptionalInt.empty());
        try (Autoscaler scaling = between(0, 4)) {
            scaling.start();
            TestServer.eventually(() -> provided.size() > 1);
            assertThat(provided).containsOnly(0);
            waiting.set(OptionalInt.of(1));
            TestServer.eventually(() -> provided.contains(1));
        }
    }
}
