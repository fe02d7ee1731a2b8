package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SagaOrderTest {

    @Test
    void soundOrdersHaveNoProblem() {
        assertThat(SagaOrder.SEQUENTIAL.problem(0)).isEmpty();
        assertThat(SagaOrder.SEQUENTIAL.problem(5)).isEmpty();
        assertThat(order(List.of(), List.of(0), List.of(0), List.of(1, 2)).problem(4)).isEmpty();
        assertThat(order(List.of(2), List.of(), List.of(1)).problem(3)).isEmpty();
        assertThat(order(List.of(), List.of(0, 0, 0)).problem(2)).isEmpty();
        assertThat(order(List.of(), List.of(0)).problem(7)).isEmpty();
    }

    @Test
    void cyclesAreNamed() {
        assertThat(order(List.of(0)).problem(1)).contains("cycle");
        assertThat(order(List.of(1), List.of(0)).problem(2)).contains("cycle");
        assertThat(order(List.of(), List.of(0, 3), List.of(1), List.of(2)).problem(4)).contains("cycle");
    }

    @Test
    void branchesThatAreNotThereAreNamed() {
        assertThat(order(List.of(), List.of(2)).problem(2)).isEqualTo(
                "orders of branch 1 name branch 2, but there are only 2 branches");
        assertThat(order(List.of(-1)).problem(1)).contains("name branch -1");
        assertThat(order(List.of(), List.of(), List.of()).problem(2)).isEqualTo(
                "orders name branch 2, but there are only 2 branches");
    }

    @Test
    void aGraphIsSoundExactlyIfItFollowsSomeOrder() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            int count = 2 + random.nextInt(30);
            List<Integer> line = new ArrayList<>();
            List<List<Integer>> predecessors = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                line.add(i);
                predecessors.add(new ArrayList<>());
            }
            Collections.shuffle(line, random);
            for (int edges = random.nextInt(3 * count); edges > 0; edges--) {
                int from = random.nextInt(count - 1);
                int to = from + 1 + random.nextInt(count - from - 1);
                predecessors.get(line.get(to)).add(line.get(from));
            }
            assertThat(new SagaOrder(true, predecessors).problem(count)).as("seed=%s", seed).isEmpty();
            for (int i = 1; i < count; i++) {
                predecessors.get(line.get(i)).add(line.get(i - 1));
            }
            predecessors.get(line.getFirst()).add(line.getLast());
            assertThat(new SagaOrder(true, predecessors).problem(count)).as("seed=%s", seed).contains("cycle");
        }
    }

    @Test
    void aThousandBranchesThatAllWaitForAllBeforeThemAreLookedAtInNoTime() {
        List<List<Integer>> predecessors = new ArrayList<>();
        List<Integer> before = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            predecessors.add(List.copyOf(before));
            before.add(i);
        }
        SagaOrder order = new SagaOrder(true, predecessors);
        for (int i = 0; i < 20; i++) {
            assertThat(order.problem(1_000)).isEmpty();
        }
    }

    @SafeVarargs
    private static SagaOrder order(List<Integer>... predecessors) {
        return new SagaOrder(true, List.of(predecessors));
    }
}
