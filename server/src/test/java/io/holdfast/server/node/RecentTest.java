package io.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecentTest {

    private final Deque<CompletableFuture<Integer>> asked = new ArrayDeque<>();

    private Recent<Integer> recent(long maxAgeNanos) {
        return new Recent<>(maxAgeNanos, () -> {
            CompletableFuture<Integer> figures = new CompletableFuture<>();
            asked.add(figures);
            return figures;
        });
    }

    private void come(int figure) {
        Objects.requireNonNull(asked.poll(), "nobody asked").complete(figure);
    }

    @Test
    void whatWasAskedForBeforeTheFirstLookIsThere() {
        Recent<Integer> recent = recent(TimeUnit.HOURS.toNanos(1));
        recent.ask();
        assertThat(recent.get(Integer::doubleValue)).as("unknown is not zero").isNaN();
        come(7);
        assertThat(recent.get(Integer::doubleValue)).isEqualTo(7);
        assertThat(asked).as("those are new enough").isEmpty();
    }

    @Test
    void aLookAtOldFiguresAsksForTheNextLook() {
        Recent<Integer> recent = recent(0);
        recent.ask();
        come(7);
        assertThat(recent.get(Integer::doubleValue)).isEqualTo(7);
        come(8);
        assertThat(recent.get(Integer::doubleValue)).isEqualTo(8);
    }
}
