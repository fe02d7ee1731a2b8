package io.holdfast.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PipeTest {

    private static final int MESSAGES = 2_000;
    private static final int SENT_EVERY_MILLIS = 3;

    private final List<Integer> arrived = new ArrayList<>();

    /** A world whose seed has faults of that kind. */
    private static World worldWith(Fault fault) {
        for (long seed = 1;; seed++) {
            World world = new World(seed, SimOptions.swarm(1).with(SimOptions.Workers.SOME));
            if (IntStream.range(0, 1_000).anyMatch(chance -> world.faults.strikes(fault))) {
                return world;
            }
        }
    }

    private static Pipe pipe(World world) {
        return new Pipe(world, world.streams.of("pipe"), 0, world.network.worker(0));
    }

    private void send(World world, Pipe pipe, int number) {
        world.schedule.after((long) number * SENT_EVERY_MILLIS, () -> pipe.send(() -> arrived.add(number)));
    }

    private static void run(World world) {
        for (long next = world.schedule.nextInNanos(); next != Long.MAX_VALUE; next = world.schedule.nextInNanos()) {
            world.schedule.advance(next);
            world.schedule.runDue();
        }
    }

    @Test
    void whatIsSentArrivesOnceAndInOrderHoweverLongSomeOfItTakes() {
        World world = worldWith(Fault.STREAM_DELAY);
        Pipe pipe = pipe(world);
        int before = world.faults.struck(Fault.STREAM_DELAY);
        IntStream.range(0, MESSAGES).forEach(number -> send(world, pipe, number));
        run(world);
        assertThat(world.faults.struck(Fault.STREAM_DELAY)).isGreaterThan(before);
        assertThat(arrived).containsExactlyElementsOf(IntStream.range(0, MESSAGES).boxed().toList());
    }

    @Test
    void itStandsStillWhileThereIsNoWayAndGoesOnAfterwards() {
        World world = worldWith(Fault.PARTITION);
        Pipe pipe = pipe(world);
        while (world.network.reaches(0, world.network.worker(0))) {
            world.network.partition();
        }
        pipe.send(() -> arrived.add(1));
        world.schedule.advance(100_000_000);
        world.schedule.runDue();
        assertThat(arrived).isEmpty();
        run(world);
        assertThat(arrived).containsExactly(1);
    }

    @Test
    void nothingArrivesOnceItIsClosed() {
        World world = worldWith(Fault.STREAM_DELAY);
        Pipe pipe = pipe(world);
        pipe.send(() -> arrived.add(1));
        pipe.close();
        pipe.send(() -> arrived.add(2));
        run(world);
        assertThat(arrived).isEmpty();
    }
}
