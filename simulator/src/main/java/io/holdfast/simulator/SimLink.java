package io.holdfast.simulator;

import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.lease.Lease;
import io.holdfast.engine.lease.LeaseTerms;
import io.holdfast.engine.lease.Pings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A process of a worker and one node: it connects, says that it lives, and begins calls within its lease. As the link of the server's
 * worker; what decides is shared: {@link Lease}, {@link Pings}.
 */
final class SimLink {

    private static final int FIRST_RETRY_MILLIS = 100;
    private static final int LAST_RETRY_MILLIS = 2_000;

    final SimWorker worker;
    final Machine machine;
    private final World world;
    private @Nullable Connection connection;
    private boolean welcomed;
    private boolean drained;
    private Pings pings = new Pings();
    private Lease lease = Lease.NONE;
    private LeaseTerms terms = LeaseTerms.USUAL;
    private long heardNanos;
    private int retryMillis = FIRST_RETRY_MILLIS;

    SimLink(World world, SimWorker worker, Machine machine) {
        this.world = world;
        this.worker = worker;
        this.machine = machine;
    }

    /** The stream of now; null while there is none. */
    @Nullable
    Connection connection() {
        return connection;
    }

    void connect() {
        if (worker.isDraining()) {
            return;
        }
        Connection next = worker.newConnection(this);
        connection = next;
        welcomed = false;
        pings = new Pings();
        lease = Lease.NONE;
        heardNanos = worker.nanos();
        next.open();
        ping(next);
    }

    void welcomed(Connection from, LeaseTerms told) {
        if (from == connection) {
            heardNanos = worker.nanos();
            terms = told;
            welcomed = true;
            retryMillis = FIRST_RETRY_MILLIS;
        }
    }

    private void ping(Connection to) {
        if (to != connection) {
            return;
        }
        long now = worker.nanos();
        if (now - heardNanos > terms.silentNanos()) {
            to.lose();
            lost(to);
            return;
        }
        long number = pings.next(now);
        to.toNode(session -> session.ping(number));
        worker.later(terms.pingMillis(), () -> ping(to));
    }

    /** Calls have come, and the number of the last ping that the node had heard when it sent them. */
    void take(Connection from, long heardPing, List<SimSession.Numbered> calls) {
        if (from != connection) {
            return;
        }
        heardNanos = worker.nanos();
        lease = pings.heard(heardPing, terms.leaseMillis(), lease);
        calls.forEach(call -> begin(from, call));
    }

    private void begin(Connection from, SimSession.Numbered numbered) {
        if (worker.isDraining() || !lease.isValid(worker.nanos())) {
            done(from, numbered.id(), new Result.HandedBack());
        } else {
            world.participants.make(world.network.worker(worker.number), "worker " + worker.number, numbered.call(),
                    result -> worker.hear(() -> done(from, numbered.id(), result)));
        }
    }

    private void done(Connection from, long id, Result result) {
        if (from == connection) {
            from.toNode(session -> session.result(id, result));
        }
    }

    /** The stream has ended, as far as this process knows. */
    void lost(Connection which) {
        if (which != connection) {
            return;
        }
        connection = null;
        if (worker.isDraining()) {
            drained = true;
            worker.endIfDrained();
        } else {
            worker.later(retryMillis, this::connect);
            retryMillis = Math.min(LAST_RETRY_MILLIS, retryMillis * 2);
        }
    }

    /** Takes no more calls. */
    void drain() {
        Connection now = connection;
        if (now == null || !welcomed) {
            drained = true;
        } else {
            now.toNode(SimSession::leaving);
        }
    }

    boolean isDrained() {
        return drained;
    }
}
