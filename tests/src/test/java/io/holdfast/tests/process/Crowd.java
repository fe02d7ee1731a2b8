package io.holdfast.tests.process;

import io.holdfast.tests.process.Audit.Kept;
import io.holdfast.tests.process.CrashClient.Load;
import io.holdfast.tests.process.Promise.Told;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Clients, the participant they share and all they were told, around one server that comes and goes. */
public final class Crowd implements AutoCloseable {

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(60);

    private final FencedBranches branches;
    private final Participant participant;
    private final DtmWire wire;
    private final Queue<Promise> promises = new ConcurrentLinkedQueue<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong answers = new AtomicLong();
    private final List<Thread> clients = new ArrayList<>();
    private final Kept kept;
    private int expired;
    private volatile boolean mayBegin = true;
    private volatile boolean mayAsk = true;

    /** Starts so many clients, which go on until {@link #settle}, whether there is a server or not. */
    Crowd(String server, int size, long seed) throws IOException {
        this(Reach.of(List.of(server)), size, seed, Kept.FOR_EVER);
    }

    /**
     * @param servers any of which can be asked
     * @param kept    how long they keep what has finished
     */
    Crowd(List<String> servers, int size, long seed, Kept kept) throws IOException {
        this(Reach.of(servers), size, seed, kept);
    }

    /** As the one above, for servers that are not on this machine. */
    public Crowd(Reach reach, int size, long seed, Kept kept) throws IOException {
        this.kept = kept;
        branches = new FencedBranches(seed);
        participant = new Participant(reach.participantAddress(), 0, branches);
        wire = new DtmWire(reach);
        Load load = new Load(wire, branches, participant.url(), promises, violations, answers,
                () -> mayBegin, () -> mayAsk);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < size; i++) {
            CrashClient client = new CrashClient("s" + seed + "-c" + i, random.split(), load);
            clients.add(Thread.ofVirtual().unstarted(() -> {
                try {
                    client.run();
                } catch (RuntimeException | Error e) {
                    violations.add("a client failed: " + e);
                }
            }));
        }
        clients.forEach(Thread::start);
    }

    /** Lets everybody get their last answers from a running server, and it finish what it owes. Returns the milliseconds. */
    public long settle() throws Exception {
        long start = System.nanoTime();
        mayBegin = false;
        branches.behave();
        try {
            Eventually.holds("every client has got its answers", ANSWER_LIMIT,
                    () -> clients.stream().noneMatch(Thread::isAlive));
        } finally {
            mayAsk = false;
        }
        Eventually.holds("nothing is unfinished", SETTLE_LIMIT, () -> {
            Eventually.pass(100);
            return wire.unfinished().isEmpty();
        });
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    /** Compares what was told with what is, and with what participants saw. Empty if all is well. Call after {@link #settle}. */
    public List<String> violations() throws IOException, InterruptedException {
        List<String> found = new ArrayList<>(violations);
        found.addAll(branches.violations());
        Audit audit = new Audit(wire, branches, kept);
        // The youngest first, before they expire too.
        for (Promise promise : List.copyOf(promises).reversed()) {
            found.addAll(audit.violations(promise));
        }
        expired = audit.expired();
        return found;
    }

    /** Asks a running server for some of those that it has to know: what it has forgotten too early counts as a violation. */
    public void askForTheYoungest(int count) throws IOException, InterruptedException {
        List<Promise> known = promises.stream().filter(Promise::begun).toList();
        for (Promise promise : known.subList(Math.max(0, known.size() - count), known.size())) {
            boolean mustBeKnown = kept.mustKnow(promise);
            if (mustBeKnown && wire.status(promise.gid).equals("unknown") && kept.mustKnow(promise)) {
                violations.add("acknowledged, and lost after a kill: " + promise.gid);
            }
        }
    }

    /** Transactions that {@link #violations} found to be forgotten by retention. */
    int expired() {
        return expired;
    }

    /** Definite answers that clients have got. */
    public long answers() {
        return answers.get();
    }

    public int transactions() {
        return promises.size();
    }

    /** Transactions whose outcome, or storing, was acknowledged as {@code told}. */
    long told(Told told) {
        return promises.stream().filter(promise -> promise.told().contains(told)).count();
    }

    public long acknowledged() {
        return promises.stream().filter(promise -> !promise.told().isEmpty()).count();
    }

    long deliveries() {
        return branches.deliveries();
    }

    @Override
    public void close() {
        mayBegin = false;
        mayAsk = false;
        wire.close();
        participant.close();
    }
}
