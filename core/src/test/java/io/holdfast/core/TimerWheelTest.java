package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.TimerWheel.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TimerWheelTest {

    @Test
    void firesWhatASortedMapWouldFire() {
        for (long seed = 1; seed <= 300; seed++) {
            compareWithSortedMap(seed);
        }
    }

    private static void compareWithSortedMap(long seed) {
        Random random = new Random(seed);
        TimerWheel wheel = new TimerWheel();
        List<Timer> timers = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(200); i++) {
            timers.add(new Timer(String.format("t%03d", i)));
        }
        TreeMap<String, Long> model = new TreeMap<>();
        long now = 0;
        for (int step = 0; step < 400; step++) {
            if (random.nextInt(4) > 0) {
                Timer timer = timers.get(random.nextInt(timers.size()));
                long at = random.nextInt(5) == 0 ? Long.MAX_VALUE : now - 3 + span(random);
                wheel.set(timer, at);
                if (at < TimerWheel.HORIZON_MILLIS) {
                    model.put(timer.gid, at);
                } else {
                    model.remove(timer.gid);
                }
            } else {
                now = Math.min(now + span(random), TimerWheel.HORIZON_MILLIS - 1);
                assertThat(wheel.advance(now)).extracting(timer -> timer.gid).as("seed=%s step=%s", seed, step)
                        .isEqualTo(dueIn(model, now));
            }
            long earliest = model.values().stream().mapToLong(at -> at).min().orElse(Long.MAX_VALUE);
            assertThat(wheel.nextWakeAtMillis()).as("seed=%s step=%s", seed, step)
                    .isLessThanOrEqualTo(Math.max(earliest, now)).isGreaterThanOrEqualTo(now);
            if (model.size() <= 64) {
                assertThat(wheel.nextWakeAtMillis()).as("seed=%s step=%s", seed, step)
                        .isEqualTo(earliest == Long.MAX_VALUE ? earliest : Math.max(earliest, now));
            }
        }
    }

    /** Of every size, from 0 to beyond the horizon. */
    private static long span(Random random) {
        return random.nextLong() >>> 20 + random.nextInt(43);
    }

    private static List<String> dueIn(TreeMap<String, Long> model, long now) {
        List<String> due = model.entrySet().stream().filter(timer -> timer.getValue() <= now)
                .sorted((a, b) -> a.getValue().equals(b.getValue())
                        ? a.getKey().compareTo(b.getKey())
                        : Long.compare(a.getValue(), b.getValue()))
                .map(java.util.Map.Entry::getKey).toList();
        due.forEach(model::remove);
        return due;
    }

    @Test
    void wakingWhenAskedToReachesEveryTimerInFewSteps() {
        Random random = new Random(7);
        TimerWheel wheel = new TimerWheel();
        for (int i = 0; i < 1_000; i++) {
            wheel.set(new Timer("t" + i), 1_000_000_000L + random.nextInt(100));
        }
        int steps = 0;
        int fired = 0;
        while (wheel.nextWakeAtMillis() != Long.MAX_VALUE) {
            fired += wheel.advance(wheel.nextWakeAtMillis()).size();
            steps++;
        }
        assertThat(fired).isEqualTo(1_000);
        assertThat(steps).isLessThan(120);
    }

    @Test
    void aTimerBeyondTheHorizonNeverFiresAndHangsNobody() {
        TimerWheel wheel = new TimerWheel();
        Timer far = new Timer("far");
        wheel.set(far, 1_000);
        wheel.set(far, TimerWheel.HORIZON_MILLIS + 5);
        assertThat(far.atMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(wheel.nextWakeAtMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(wheel.advance(1_000_000)).isEmpty();
        wheel.set(far, TimerWheel.HORIZON_MILLIS - 1);
        assertThat(wheel.advance(TimerWheel.HORIZON_MILLIS - 1)).containsExactly(far);
    }

    @Test
    void printsTheCostOfAMillionTimers() {
        int count = 1_000_000;
        Random random = new Random(1);
        Timer[] timers = new Timer[count];
        for (int i = 0; i < count; i++) {
            timers[i] = new Timer("t");
        }
        TimerWheel wheel = new TimerWheel();
        long start = System.nanoTime();
        for (Timer timer : timers) {
            wheel.set(timer, 30_000 + random.nextInt(60_000));
        }
        long set = System.nanoTime();
        for (int i = 0; i < count / 2; i++) {
            wheel.set(timers[i], Long.MAX_VALUE);
        }
        long cancelled = System.nanoTime();
        int fired = wheel.advance(100_000).size();
        long end = System.nanoTime();
        System.out.printf("timer wheel: set %d ns, cancel %d ns, fire %d ns each%n", (set - start) / count,
                (cancelled - set) / (count / 2), (end - cancelled) / (count / 2));
        assertThat(fired).isEqualTo(count / 2);
        assertThat(wheel.nextWakeAtMillis()).isEqualTo(Long.MAX_VALUE);
    }
}
