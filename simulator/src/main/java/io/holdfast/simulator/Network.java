package io.holdfast.simulator;

import java.util.random.RandomGenerator;

/**
 * Carries messages between nodes, workers, applications and participants, or not: loses, doubles, delays and reorders them. Whoever
 * has a connection carries its own, in order, and asks here whether there is a way.
 */
final class Network {

    /** Where all applications are. */
    static final int APPLICATIONS = -1;
    /** Where all participants are. */
    static final int PARTICIPANTS = -2;

    private static final int OUTSIDE = 2;
    private static final int MAX_TRIP_MILLIS = 8;
    private static final int MAX_DELAY_MILLIS = 5_000;
    private static final int MAX_LATE_MILLIS = 90_000;
    private static final int MIN_PARTITION_MILLIS = 200;
    private static final int MAX_PARTITION_MILLIS = 12_000;

    private final Schedule schedule;
    private final Faults faults;
    private final Trace trace;
    private final RandomGenerator trips;
    private final int nodes;
    private final int workers;
    private final int[][] cuts;

    Network(Schedule schedule, Faults faults, Trace trace, RandomGenerator trips, int nodes,
            int workers) {
        this.schedule = schedule;
        this.faults = faults;
        this.trace = trace;
        this.trips = trips;
        this.nodes = nodes;
        this.workers = workers;
        int places = nodes + workers + OUTSIDE;
        this.cuts = new int[places][places];
    }

    /** Where a worker is. */
    int worker(int number) {
        return nodes + number;
    }

    /** Whether a message can get through in this direction. */
    boolean reaches(int from, int to) {
        return faults.isHealed() || cuts[from + OUTSIDE][to + OUTSIDE] == 0;
    }

    /** Sends one message; {@code arrive} runs once, later, more than once, or never. */
    void carry(int from, int to, Runnable arrive) {
        if (!reaches(from, to) || faults.strikes(Fault.LOSS)) {
            return;
        }
        int copies = faults.strikes(Fault.DUPLICATE) ? 2 + faults.random(Fault.DUPLICATE).nextInt(2) : 1;
        for (int i = 0; i < copies; i++) {
            schedule.after(tripMillis(), arrive);
        }
    }

    /** How long one message takes. */
    private int tripMillis() {
        int millis = 1 + trips.nextInt(MAX_TRIP_MILLIS);
        if (faults.strikes(Fault.DELAY)) {
            millis += faults.random(Fault.DELAY).nextInt(MAX_DELAY_MILLIS);
        }
        if (faults.strikes(Fault.LATE)) {
            millis += faults.random(Fault.LATE).nextInt(MAX_LATE_MILLIS);
        }
        return millis;
    }

    /** Cuts some links for a while. */
    void partition() {
        RandomGenerator random = faults.random(Fault.PARTITION);
        int lasts = MIN_PARTITION_MILLIS + random.nextInt(MAX_PARTITION_MILLIS);
        int node = random.nextInt(nodes);
        switch (random.nextInt(5)) {
            case 0 -> cutOff(node, true, true, lasts);
            case 1 -> cutOff(node, true, false, lasts);
            case 2 -> cutOff(node, false, true, lasts);
            case 3 -> {
                cut(node, PARTICIPANTS, lasts);
                cut(PARTICIPANTS, node, lasts);
                say("no way between node " + node + " and the participants", lasts);
            }
            default -> {
                cut(node, APPLICATIONS, lasts);
                say("answers of node " + node + " do not reach the applications", lasts);
            }
        }
    }

    private void cutOff(int node, boolean in, boolean out, int lasts) {
        isolate(node, in, out, lasts);
        say("node " + node + (in ? " cannot be reached" : "") + (in && out ? "," : "") + (out ? " reaches nobody" : ""),
                lasts);
    }

    private void isolate(int place, boolean in, boolean out, int lasts) {
        for (int other = -OUTSIDE; other < nodes + workers; other++) {
            if (other != place && in) {
                cut(other, place, lasts);
            }
            if (other != place && out) {
                cut(place, other, lasts);
            }
        }
    }

    /** Cuts some links of a worker for a while. */
    void partitionWorker() {
        RandomGenerator random = faults.random(Fault.WORKER_PARTITION);
        int lasts = MIN_PARTITION_MILLIS + random.nextInt(MAX_PARTITION_MILLIS);
        int worker = random.nextInt(workers);
        int node = random.nextInt(nodes);
        switch (random.nextInt(4)) {
            case 0 -> {
                isolate(worker(worker), true, true, lasts);
                say("worker " + worker + " and everybody else", lasts);
            }
            case 1 -> {
                cut(worker(worker), node, lasts);
                cut(node, worker(worker), lasts);
                say("worker " + worker + " and node " + node, lasts);
            }
            case 2 -> {
                cut(worker(worker), node, lasts);
                say("node " + node + " does not hear worker " + worker, lasts);
            }
            default -> {
                cut(node, worker(worker), lasts);
                say("worker " + worker + " does not hear node " + node, lasts);
            }
        }
    }

    private void cut(int from, int to, int lasts) {
        cuts[from + OUTSIDE][to + OUTSIDE]++;
        schedule.after(lasts, () -> cuts[from + OUTSIDE][to + OUTSIDE]--);
    }

    /** Cuts the links between a node and the other nodes until {@link #join}. */
    void cutOff(int node) {
        between(node, 1);
    }

    /** Takes one {@link #cutOff} back. */
    void join(int node) {
        between(node, -1);
    }

    private void between(int node, int more) {
        for (int other = 0; other < nodes; other++) {
            if (other != node) {
                cuts[other + OUTSIDE][node + OUTSIDE] += more;
                cuts[node + OUTSIDE][other + OUTSIDE] += more;
            }
        }
    }

    private void say(String what, int lasts) {
        if (trace.isOn()) {
            trace.say("partition: " + what + ", for " + lasts + " ms");
        }
    }
}
