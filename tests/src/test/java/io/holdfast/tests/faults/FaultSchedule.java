package io.holdfast.tests.faults;

import io.holdfast.tests.faults.Fault.Role;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.function.Function;

/** Which faults strike in which order, drawn from a seed: every kind once, in any order, then every kind once more. Not thread-safe. */
final class FaultSchedule {

    private static final int HOUR_SECONDS = 3_600;
    private static final int LONGEST_STOP_MILLIS = 8_000;

    private final Random random;
    private final Queue<Fault> next = new ArrayDeque<>();

    FaultSchedule(long seed) {
        this.random = new Random(seed);
    }

    Fault next() {
        if (next.isEmpty()) {
            List<Fault> all = oneOfEach();
            Collections.shuffle(all, random);
            next.addAll(all);
        }
        return next.remove();
    }

    private List<Fault> oneOfEach() {
        List<Fault> all = new ArrayList<>();
        all.add(new Fault.Killed(Role.LEADER, upTo(3_000)));
        all.add(new Fault.Stopped(Role.LEADER, LONGEST_STOP_MILLIS));
        all.add(new Fault.CutOff(Role.LEADER, random.nextBoolean(), upTo(6_000)));
        all.add(new Fault.Deaf(Role.LEADER, upTo(6_000)));
        all.add(new Fault.Mute(Role.LEADER, upTo(6_000)));
        all.add(ofEither(role -> new Fault.TornLog(role)));
        all.add(ofEither(role -> new Fault.SlowDisk(role, upTo(800), upTo(5_000))));
        all.add(ofEither(role -> new Fault.Emptied(role)));
        all.add(ofEither(role -> new Fault.ClockMoved(role, random.nextBoolean() ? HOUR_SECONDS : -HOUR_SECONDS,
                upTo(4_000))));
        all.add(new Fault.FullDisk(upTo(4_000)));
        all.add(new Fault.Lossy(1 + random.nextInt(30), upTo(5_000)));
        all.add(new Fault.ClientKilled());
        all.add(new Fault.ClientStopped(upTo(LONGEST_STOP_MILLIS)));
        all.add(switch (random.nextInt(5)) {
            case 0 -> new Fault.Killed(Role.FOLLOWER, upTo(3_000));
            case 1 -> new Fault.Stopped(Role.FOLLOWER, upTo(LONGEST_STOP_MILLIS));
            case 2 -> new Fault.CutOff(Role.FOLLOWER, random.nextBoolean(), upTo(6_000));
            case 3 -> new Fault.Deaf(Role.FOLLOWER, upTo(6_000));
            default -> new Fault.Mute(Role.FOLLOWER, upTo(6_000));
        });
        return all;
    }

    private Fault ofEither(Function<Role, Fault> fault) {
        return fault.apply(random.nextBoolean() ? Role.LEADER : Role.FOLLOWER);
    }

    /** At least a tenth of it. */
    private long upTo(long most) {
        return most / 10 + random.nextLong(most - most / 10) + 1;
    }
}
