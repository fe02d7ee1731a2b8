package io.holdfast.server.node;

import io.holdfast.engine.Clock;
import io.holdfast.engine.Coordinator;
import io.holdfast.engine.Engine;
import io.holdfast.engine.EngineFigures;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.Participants;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.engine.runner.EngineThreads;
import io.holdfast.raft.CutInstaller;
import io.holdfast.raft.Mark;
import io.holdfast.raft.RaftLog;
import io.holdfast.raft.RaftSettings;
import io.holdfast.server.RunningEngine;
import io.holdfast.server.backup.BackupSource;
import io.holdfast.server.cluster.Admission;
import io.holdfast.server.cluster.ClusterPart;
import io.holdfast.server.cluster.CurrentMembers;
import io.holdfast.server.cluster.Foundation;
import io.holdfast.server.cluster.FoundationFile;
import io.holdfast.server.cluster.IncomingCut;
import io.holdfast.server.cluster.LeaderWatch;
import io.holdfast.server.cluster.MemberChanges;
import io.holdfast.server.cluster.MemberClient;
import io.holdfast.server.cluster.ReceivedCut;
import io.holdfast.server.cluster.Standing;
import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.data.DataDirectory;
import io.holdfast.server.http.Leadership;
import io.holdfast.store.RocksStore;
import io.holdfast.store.StoreOptions;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node of a group: the engine on a log that the nodes agree on and a store of its own. A node that cannot catch up by the log
 * takes over the store of its leader as it is at a cut, and goes on from there with a new engine.
 */
public final class ClusterNode implements RunningEngine {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);
    private static final long RETRY_MILLIS = 500;
    private static final int HAND_OVER_MILLIS = 2_000;
    /** Entries are few and large here, and a follower that is late wants short logs. */
    private static final long CUT_ENTRIES = 10_000;
    /** A log is released file by file: two and more to each cut. */
    private static final long LEAST_SEGMENT_BYTES = 64L << 10;

    private final ServerConfig config;
    private final ClusterConfig cluster;
    private final Participants participants;
    private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final CurrentEngine coordinator = new CurrentEngine();
    private final CurrentMembers members;
    private final LeaderWatch leaders;
    private final IncomingCut incoming;
    private final FoundationFile foundationFile;
    private final StoreAside aside;
    private @Nullable Thread catchingUp;
    private volatile @Nullable Life life;
    private volatile Standing standing = Standing.NEW;
    /** What this node is once its log runs. */
    private volatile Standing hasLog = Standing.MEMBER;
    /** With what this node can found its group, or has founded it. */
    private volatile @Nullable Foundation foundation;
    private @Nullable NodeLock lock;
    private boolean closed;

    private ClusterNode(ServerConfig config, ClusterConfig cluster, Participants participants) {
        this.config = config;
        this.cluster = cluster;
        this.participants = participants;
        this.members = new CurrentMembers(cluster);
        this.leaders = new LeaderWatch(members, cluster.node());
        DataDirectory data = new DataDirectory(config.data());
        this.incoming = new IncomingCut(data.root(), data.store());
        this.foundationFile = new FoundationFile(data.root());
        this.aside = new StoreAside(() -> life);
    }

    /**
     * Recovers what the data directory holds and joins the group; blocks until then, not until somebody leads.
     *
     * @throws StorageException if the directory is in use, damaged, or refuses a write; the message names directory or file
     */
    public static ClusterNode start(ServerConfig config, Participants participants) throws StorageException {
        ClusterNode node = new ClusterNode(config, Objects.requireNonNull(config.cluster()), participants);
        node.begin();
        return node;
    }

    private synchronized void begin() throws StorageException {
        lock = NodeLock.take(config.data());
        boolean begun = false;
        try {
            beginLocked();
            begun = true;
        } finally {
            if (!begun) {
                lock.close();
            }
        }
    }

    private void beginLocked() throws StorageException {
        abandonStaleCut();
        finishIncoming(settings());
        boolean isNew = RaftLog.isNew(settings());
        Foundation unused = foundationFile.unused();
        foundation = unused == null && !isNew ? foundationFile.used() : unused;
        if (unused != null && !Files.isDirectory(new DataDirectory(config.data()).store())) {
            throw new StorageException(Kind.DAMAGED,
                    config.data() + " was restored for a node of a group, and its store"
                            + " is missing. Nothing was changed. Empty the directory and restore " + unused + " again");
        }
        if (isNew && cluster.members().size() > 1) {
            catchingUp = Thread.ofPlatform().daemon().name("holdfast-join").start(this::join);
        } else {
            found();
            open();
        }
    }

    /**
     * Begins the log with what this node founds its group with, if it has anything. A process that died on the way goes on here:
     * until the file is retired, the log has not run.
     */
    private void found() throws StorageException {
        Foundation unused = foundationFile.unused();
        if (unused != null) {
            RaftLog.found(settings(), unused.cut());
            foundationFile.retire();
        }
    }

    /** A cut that was accepted for a log that is gone, or whose store is, helps nobody. */
    private void abandonStaleCut() throws StorageException {
        try {
            if (incoming.isAccepted() && RaftLog.isNew(settings()) && !incoming.canBegin()) {
                LOG.warn("a cut that was taken over for a log that is gone is thrown away");
                incoming.abandon();
            }
        } catch (IOException e) {
            throw new StorageException(Kind.FAILED, "what was left of a cut in " + config.data() + " cannot be deleted",
                    e);
        }
    }

    /** Finds out whether this node begins a new group with the others, or has lost its log and begins with a cut. */
    private void join() {
        try (MemberClient client = newClient()) {
            boolean isNewGroup = new Admission(cluster, foundation, client::ask, now -> standing = now)
                    .await(leader -> incoming.accept(client.fetch(leader, true, incoming,
                            config.cuts().minFreeBytes())));
            hasLog = isNewGroup ? Standing.BEGINNER : Standing.MEMBER;
            LOG.atInfo().addKeyValue("node", cluster.node()).addKeyValue("foundation", String.valueOf(foundation))
                    .log(isNewGroup ? "beginning a new group" : "beginning with a cut of the leader");
            if (isNewGroup) {
                found();
            }
            restart();
        } catch (InterruptedException e) {
            LOG.info("stopping: this node has not come into the group");
        } catch (StorageException | RuntimeException e) {
            LOG.atError().setCause(e).log("this node cannot come into the group");
            failure.completeExceptionally(e);
        }
    }

    private RaftSettings settings() {
        return RaftSettings.of(cluster.node(), cluster.members().stream().map(CurrentMembers::peer).toList(),
                new DataDirectory(config.data()).log(),
                UUID.nameUUIDFromBytes("holdfast".getBytes(StandardCharsets.US_ASCII))).withSegmentBytes(
                        Math.clamp(config.cuts().cutBytes() / 2, LEAST_SEGMENT_BYTES,
                                RaftSettings.DEFAULT_SEGMENT_BYTES))
                .withTls(peerTls());
    }

    private RaftSettings.@Nullable PeerTls peerTls() {
        ClusterConfig.Tls tls = cluster.tls();
        return tls == null ? null : new RaftSettings.PeerTls(tls.certificate(), tls.key(), tls.ca());
    }

    private MemberClient newClient() {
        return new MemberClient(config.token(), cluster.trust());
    }

    private synchronized void open() throws StorageException {
        RaftSettings settings = settings();
        finishIncoming(settings);
        RocksStore store = new RocksStore(new DataDirectory(config.data()).store(), StoreOptions.DEFAULT);
        RaftLog log = new RaftLog(settings, new CutInstaller() {
            @Override
            public void cutNeeded(String leader, long firstIndex) {
                ClusterNode.this.cutNeeded(firstIndex);
            }

            @Override
            public void leaderChanged(String leader) {
                leaders.leader(leader);
            }

            @Override
            public void membersChanged(List<RaftSettings.Peer> now) {
                members.told(now);
                leaders.membersChanged();
            }

            @Override
            public void notAdded() {
                beginAgain();
            }
        });
        Engine engine = new Engine(log, store, participants, Clock.SYSTEM, random,
                EngineOptions.DEFAULT.withLimits(config.limits()).withCuts(config.cuts().withCutEntries(CUT_ENTRIES)),
                failure::completeExceptionally);
        engine.watchServing(leaders::serving);
        // Before anything can vote: whoever asks must not take this node for one without a log.
        standing = hasLog;
        try {
            engine.recover();
        } catch (StorageException | RuntimeException e) {
            giveBack(store, e);
            giveBack(log, e);
            throw e;
        }
        LOG.atInfo().addKeyValue("node", cluster.node()).addKeyValue("entries", engine.core().sequence())
                .addKeyValue("unfinished", engine.core().unfinished()).log("recovered");
        EngineThreads threads = new EngineThreads(engine, bug -> {
            LOG.atError().setCause(bug).log("a thread of the engine died: this is a bug, the process ends");
            failure.completeExceptionally(bug);
        });
        life = new Life(log, store, engine, threads);
        coordinator.set(engine);
    }

    private void finishIncoming(RaftSettings settings) throws StorageException {
        try {
            if (incoming.isAccepted()) {
                ReceivedCut received = incoming.replaceStore();
                Mark mark = received.mark();
                if (mark == null) {
                    RaftLog.acceptCut(settings, received.cut());
                } else {
                    RaftLog.join(settings, received.cut(), mark);
                    foundationFile.retire();
                }
                incoming.done();
            }
            incoming.deleteRemains();
        } catch (IOException e) {
            throw new StorageException(Kind.FAILED,
                    "the store of the leader cannot be put in the place of that in " + config.data(), e);
        }
    }

    private static void giveBack(AutoCloseable storage, Exception cause) {
        try {
            storage.close();
        } catch (Exception e) {
            cause.addSuppressed(e);
        }
    }

    private synchronized void cutNeeded(long firstIndex) {
        if (!closed && catchingUp == null) {
            catchingUp = Thread.ofPlatform().daemon().name("holdfast-catch-up").start(() -> catchUp(firstIndex));
        }
    }

    private void catchUp(long firstIndex) {
        try (MemberClient client = newClient()) {
            incoming.accept(fetch(client, firstIndex));
            restart();
        } catch (InterruptedException e) {
            LOG.info("stopping: the store of the leader is not taken over");
        } catch (IOException | StorageException | RuntimeException e) {
            LOG.atError().setCause(e).log("the store of the leader cannot be taken over");
            failure.completeExceptionally(e);
        }
    }

    /** The log has ended because a change that would have made this node a member was given up; it may be made again. */
    private synchronized void beginAgain() {
        if (!closed && catchingUp == null) {
            LOG.warn("this node was not made a member: it waits to be added");
            catchingUp = Thread.ofPlatform().daemon().name("holdfast-begin-again").start(() -> {
                try {
                    restart();
                } catch (StorageException | RuntimeException e) {
                    LOG.atError().setCause(e).log("this node cannot begin again");
                    failure.completeExceptionally(e);
                }
            });
        }
    }

    /** Whoever leads has it, and that may change. */
    private ReceivedCut fetch(MemberClient client, long firstIndex) throws InterruptedException {
        while (true) {
            if (leaders.place() instanceof Leadership.Place.There(String node, URI api)) {
                LOG.atInfo().addKeyValue("leader", node).log("too far behind for the log: fetching a cut");
                try {
                    ReceivedCut received = client.fetch(api, false, incoming, config.cuts().minFreeBytes());
                    if (received.cut().index() >= firstIndex - 1) {
                        return received;
                    }
                    LOG.atInfo().addKeyValue("index", received.cut().index()).addKeyValue("needed", firstIndex)
                            .log("the cut is too old");
                } catch (IOException e) {
                    LOG.atWarn().addKeyValue("leader", node).addKeyValue("cause", e.toString())
                            .log("no cut yet: asking again");
                }
            }
            Thread.sleep(RETRY_MILLIS);
        }
    }

    private synchronized void restart() throws StorageException {
        catchingUp = null;
        if (closed) {
            return;
        }
        coordinator.set(null);
        Life old = life;
        life = null;
        if (old != null) {
            old.threads().close();
        }
        leaders.serving(false);
        open();
    }

    @Override
    public Coordinator coordinator() {
        return coordinator;
    }

    @Override
    public CompletableFuture<EngineFigures> figures() {
        Life now = life;
        return now == null ? CompletableFuture.failedFuture(Life.none()) : now.engine().figures();
    }

    @Override
    public MeterBinder metrics() {
        return new NodeMetrics(this::figures, () -> current().store(), registry -> {
        });
    }

    private Life current() {
        Life now = life;
        if (now == null) {
            throw Life.none();
        }
        return now;
    }

    @Override
    public ClusterPart cluster() {
        return new ClusterPart(cluster, members, leaders, this::term, this::standing,
                new CutsForOthers(this::current, aside.forOne()), new MemberChanges() {
                    @Override
                    public CompletableFuture<List<RaftSettings.Peer>> add(ClusterConfig.Member added) {
                        return current().log().addMember(CurrentMembers.peer(added));
                    }

                    @Override
                    public CompletableFuture<List<RaftSettings.Peer>> remove(String id) {
                        return current().log().removeMember(id);
                    }

                    @Override
                    public void handOver() throws InterruptedException {
                        ClusterNode.this.handOver();
                    }
                }, () -> foundation);
    }

    private Standing standing() {
        Standing now = standing;
        return now == Standing.MEMBER && members.lacksSelf() ? Standing.APPLICANT : now;
    }

    private long term() {
        Life now = life;
        return now == null ? 0 : now.log().term();
    }

    @Override
    public BackupSource backupSource() {
        return aside.forOne();
    }

    @Override
    public CompletableFuture<Void> failure() {
        return failure;
    }

    @Override
    public void handOver() throws InterruptedException {
        Life now = life;
        if (now == null || !(leaders.place() instanceof Leadership.Place.Here)) {
            return;
        }
        try {
            now.log().handOver(HAND_OVER_MILLIS).get(2 * HAND_OVER_MILLIS, TimeUnit.MILLISECONDS)
                    .ifPresent(next -> LOG.atInfo().addKeyValue("leader", next).log("another node leads now"));
        } catch (ExecutionException | TimeoutException e) {
            LOG.atInfo().addKeyValue("cause", e.toString()).log("no other node has taken over to lead");
        }
    }

    @Override
    public void drain() {
        Life now = life;
        if (now != null) {
            now.engine().drain();
        }
    }

    @Override
    public void close() throws StorageException {
        Life last;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            last = life;
            life = null;
            if (catchingUp != null) {
                catchingUp.interrupt();
            }
        }
        try {
            if (last != null) {
                last.threads().close();
            }
        } finally {
            if (lock != null) {
                lock.close();
            }
        }
    }
}
