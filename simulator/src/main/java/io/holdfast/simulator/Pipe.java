package io.holdfast.simulator;

import java.util.ArrayDeque;
import java.util.random.RandomGenerator;

/**
 * One direction of a connection: what is sent arrives in order and once. It takes a while, and stands still while there is no way;
 * nothing is lost unless the connection is.
 */
final class Pipe {

    private static final int MAX_TRIP_MILLIS = 5;
    private static final int MAX_DELAY_MILLIS = 9_000;
    private static final int RETRY_MILLIS = 200;

    private final World world;
    private final RandomGenerator trips;
    private final int from;
    private final int to;
    private final ArrayDeque<Message> held = new ArrayDeque<>();
    private boolean planned;
    private boolean closed;

    private record Message(long atMillis, Runnable arrive) {}

    /** @param from and {@code to} are places of the {@link Network} */
    Pipe(World world, RandomGenerator trips, int from, int to) {
        this.world = world;
        this.trips = trips;
        this.from = from;
        this.to = to;
    }

    void send(Runnable arrive) {
        if (closed) {
            return;
        }
        int millis = 1 + trips.nextInt(MAX_TRIP_MILLIS);
        if (world.faults.strikes(Fault.STREAM_DELAY)) {
            millis += world.faults.random(Fault.STREAM_DELAY).nextInt(MAX_DELAY_MILLIS);
        }
        held.add(new Message(world.schedule.nowMillis() + millis, arrive));
        plan();
    }

    /** Nothing arrives any more. */
    void close() {
        closed = true;
        held.clear();
    }

    private void plan() {
        Message next = held.peek();
        if (next != null && !planned) {
            planned = true;
            world.schedule.after(Math.max(0, next.atMillis - world.schedule.nowMillis()), this::carry);
        }
    }

    private void carry() {
        planned = false;
        if (!held.isEmpty() && !world.network.reaches(from, to)) {
            planned = true;
            world.schedule.after(RETRY_MILLIS, this::carry);
            return;
        }
        Message next = held.poll();
        if (next != null) {
            next.arrive.run();
            plan();
        }
    }
}
