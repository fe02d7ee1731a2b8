package io.holdfast.raft;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.proto.RaftProtos;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.security.TlsConf;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.apache.ratis.util.ExitUtils;
import org.jspecify.annotations.Nullable;

/**
 * A running server of Ratis, and what it and the owner of the log want of each other. Proposals and barriers are handed to Ratis by
 * one thread in the order in which they were made, so that a barrier is behind everything that was proposed before it. Thread-safe,
 * but for {@link #propose}, {@link #release} and {@link #close}, which are the owner's.
 */
final class RaftMember implements GroupLog.Listener, ReadConfirmations.Member, AutoCloseable {

    /** Ratis gives up leading long before when it has no majority; so this is a disk that does not answer, or a bug. */
    private static final int PROPOSAL_TIMEOUT_MILLIS = 10_000;
    private static final int READ_TIMEOUT_MILLIS = 3_000;
    private static final int BARRIER_RETRY_MILLIS = 200;
    private static final int STOP_SECONDS = 10;
    /** Between the end of Ratis and its word on why; it stops threads of its own between them. */
    private static final int END_REASON_MILLIS = 2_000;
    /** Twice this without a leader is nobody: an election that follows at once does not count. */
    private static final int LEADER_LOOK_MILLIS = 500;

    static {
        // Ratis ends the process when a port is in use or a thread of anybody throws: neither is for it to decide.
        Thread.UncaughtExceptionHandler ours = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        ExitUtils.setTerminateOnUncaughtException(false);
        Thread.setDefaultUncaughtExceptionHandler(ours);
    }

    private final RaftDirectory directory;
    private final EventQueue events;
    private final CutInstaller installer;
    private final long life;
    private final ClientId client = ClientId.randomId();
    private final RaftPeerId self;
    private final RaftGroupId group;
    private final AtomicLong numbers = new AtomicLong();
    private final ExecutorService submitter;
    private final ScheduledExecutorService timer;
    private final ReadConfirmations confirmations;
    private final Reconfiguration reconfiguration;
    private final GroupLog log;
    private final RaftServer server;
    private final Map<Long, CompletableFuture<Mark>> marks = new ConcurrentHashMap<>();
    private volatile boolean closing;
    /** As far as this node was told what is committed. */
    private volatile boolean wasMember;
    private volatile boolean isDismissed;
    private boolean hadNoLeader;
    /** Which time of leading of Ratis this is; 0 while it does not lead. */
    private volatile long ratisLeads;
    private final AtomicLong ratisLed = new AtomicLong();

    private RaftMember(RaftSettings settings, boolean isAlone, RaftDirectory directory, Cut cut, long toldThrough,
            long life,
            EventQueue events, Positions positions, CutInstaller installer) throws IOException {
        this.directory = directory;
        this.events = events;
        this.installer = installer;
        this.life = life;
        this.self = RaftPeerId.valueOf(settings.id());
        this.group = RaftGroupId.valueOf(settings.group());
        this.submitter = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("raft-propose-" + settings.id()).factory());
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("raft-timer-" + settings.id()).factory());
        this.confirmations = new ReadConfirmations(this, timer, READ_TIMEOUT_MILLIS);
        this.log = new GroupLog(cut, toldThrough, client, life, events, positions, this);
        this.wasMember = cut.members().has(settings.id());
        this.server = build(settings, isAlone, cut.members());
        this.reconfiguration = new Reconfiguration(new Reconfiguration.Leader() {
            @Override
            public RaftServer.Division division() {
                return RaftMember.this.division();
            }

            @Override
            public SetConfigurationRequest request(SetConfigurationRequest.Arguments arguments) {
                return new SetConfigurationRequest(client, self, group, numbers.incrementAndGet(), arguments);
            }

            @Override
            public CompletableFuture<RaftClientReply> send(SetConfigurationRequest request) throws IOException {
                return server.setConfigurationAsync(request);
            }
        }, submitter, settings.id(), settings.maxElectionMillis());
    }

    private RaftServer build(RaftSettings settings, boolean isAlone, Members members) throws IOException {
        Parameters parameters = new Parameters();
        GrpcConfigKeys.Server.setServicesCustomizer(parameters,
                (builder, types) -> builder.intercept(new NextAfterCut(log::cutIndex)).intercept(new PeersOnly()));
        ObservedGrpc.setObserver(parameters, confirmations);
        RaftSettings.PeerTls tls = settings.tls();
        if (tls != null) {
            GrpcConfigKeys.TLS.setConf(parameters, tls(tls));
        }
        boolean built = false;
        try {
            RaftServer made = RaftServer.newBuilder().setServerId(self).setGroup(groupOf(members))
                    .setOption(RaftStorage.StartupOption.RECOVER).setStateMachine(log)
                    .setProperties(RatisProperties.of(settings, directory, isAlone)).setParameters(parameters).build();
            built = true;
            return made;
        } finally {
            if (!built) {
                submitter.shutdown();
                timer.shutdown();
            }
        }
    }

    private static GrpcTlsConfig tls(RaftSettings.PeerTls tls) {
        return GrpcTlsConfig.newBuilder().setName("peers")
                .setKeyCertificates(new TlsConf.CertificatesConf(tls.certificate().toFile()))
                .setPrivateKey(new TlsConf.PrivateKeyConf(tls.key().toFile()))
                .setTrustCertificates(new TlsConf.CertificatesConf(tls.authority().toFile())).setMutualTls(true)
                // That of Java: the other one brings a library in machine code.
                .setSslProvider(SslProvider.JDK).build();
    }

    /** Ratis wants a server to be one of the peers, or none to be named. It believes what was written with the log anyway. */
    private RaftGroup groupOf(Members members) {
        return members.has(self.toString())
                ? RaftGroup.valueOf(group, members.peers().stream().map(Members::ratis).toList())
                : RaftGroup.valueOf(group);
    }

    /** Starts to take part in the group. */
    static RaftMember start(RaftSettings settings, boolean isAlone, RaftDirectory directory, Cut cut, long toldThrough,
            long life,
            EventQueue events, Positions positions, CutInstaller installer) throws StorageException {
        RaftMember member = null;
        boolean started = false;
        try {
            member = new RaftMember(settings, isAlone, directory, cut, toldThrough, life, events, positions, installer);
            installer.membersChanged(cut.members().peers());
            member.server.start();
            member.watchLeader();
            started = true;
            return member;
        } catch (IOException | RuntimeException e) {
            throw directory.failed("node " + settings.id() + " cannot start at " + settings.self().address(), e);
        } finally {
            if (!started && member != null) {
                member.close();
            }
        }
    }

    /** Ratis tells of a new leader, but not that there is none any more. */
    private void watchLeader() {
        var unused = timer.scheduleWithFixedDelay(this::lookForLeader, LEADER_LOOK_MILLIS, LEADER_LOOK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void lookForLeader() {
        try {
            RaftPeerId leader = division().getInfo().getLeaderId();
            boolean isNobody = leader == null;
            if (isNobody && hadNoLeader) {
                installer.leaderChanged("");
            } else if (leader != null && hadNoLeader) {
                installer.leaderChanged(leader.toString());
            }
            hadNoLeader = isNobody;
        } catch (RuntimeException e) {
            // Ratis ends; thrown on it would end this timer in silence.
            hadNoLeader = false;
        }
    }

    private RaftServer.Division division() {
        try {
            return server.getDivision(group);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Proposes an entry of the engine.
     *
     * @param leadership in which the owner believes to be; if it is over nothing is proposed, and the owner will hear of it
     * @return the number by which it can be recognised
     */
    long propose(long leadership, ByteBuffer payload) {
        long number = numbers.incrementAndGet();
        ByteString entry = entry(EntryHeader.Kind.PAYLOAD, number, payload);
        submit(() -> {
            // Whoever began a new time of leading has proposed a barrier before this: it must not come after it.
            if (events.leadership() == leadership) {
                send(number, entry, why -> endLeadership(leadership));
            }
        });
        return number;
    }

    private ByteString entry(EntryHeader.Kind kind, long number, ByteBuffer payload) {
        ByteBuffer bytes = ByteBuffer.allocate(EntryHeader.BYTES + payload.remaining());
        new EntryHeader(kind, life, number).write(bytes);
        bytes.put(payload.duplicate());
        return UnsafeByteOperations.unsafeWrap(bytes.array());
    }

    private void submit(Runnable action) {
        try {
            submitter.execute(action);
        } catch (RejectedExecutionException e) {
            // This node ends: nobody waits for it any more.
        }
    }

    /** Hands an entry to Ratis; {@code onFailure} is told once if it may not have been committed. */
    private void send(long number, ByteString entry, Consumer<Throwable> onFailure) {
        RaftClientRequest request = RaftClientRequest.newBuilder().setClientId(client).setServerId(self)
                .setGroupId(group).setCallId(number).setMessage(Message.valueOf(entry))
                .setType(RaftClientRequest.writeRequestType()).build();
        CompletableFuture<RaftClientReply> replied;
        try {
            replied = server.submitClientRequestAsync(request);
        } catch (IOException | RuntimeException e) {
            onFailure.accept(e);
            return;
        }
        var unused = replied.copy().orTimeout(PROPOSAL_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete((reply, error) -> {
                    if (error != null) {
                        onFailure.accept(error);
                    } else if (!reply.isSuccess()) {
                        onFailure.accept(reply.getException());
                    }
                });
    }

    /** A proposal is in doubt, so the engine has to let go of it, although Ratis may still lead. */
    private void endLeadership(long leadership) {
        if (events.ended(leadership)) {
            confirmations.changed();
            proposeBarrierLater(ratisLeads);
        }
    }

    @Override
    public void ready() {
        long term = ratisLed.incrementAndGet();
        ratisLeads = term;
        submit(() -> proposeBarrier(term));
    }

    private void proposeBarrier(long term) {
        if (closing || term == 0 || ratisLeads != term || events.leadership() != EventQueue.NONE) {
            return;
        }
        long number = numbers.incrementAndGet();
        events.awaitBarrier(number);
        send(number, entry(EntryHeader.Kind.BARRIER, number, ByteBuffer.allocate(0)), why -> proposeBarrierLater(term));
    }

    /** Commits an entry that stands for nothing, to see that a majority takes entries now. */
    CompletableFuture<Mark> mark() {
        long number = numbers.incrementAndGet();
        CompletableFuture<Mark> told = new CompletableFuture<>();
        marks.put(number, told);
        submit(() -> send(number, entry(EntryHeader.Kind.BARRIER, number, ByteBuffer.allocate(0)),
                told::completeExceptionally));
        return told.orTimeout(PROPOSAL_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete((mark, failure) -> marks.remove(number));
    }

    @Override
    public void barrier(long number, TermIndex at, long sequence) {
        CompletableFuture<Mark> asked = marks.get(number);
        if (asked == null) {
            return;
        }
        DivisionInfo now = division().getInfo();
        Members members = log.membersAt(at.getIndex());
        if (!now.isLeader() || now.getCurrentTerm() != at.getTerm()) {
            asked.completeExceptionally(new IOException("this node leads no more"));
        } else if (!members.isStable() || members.index() != configuration().getLogEntryIndex()) {
            // What a node without a log has promised is known to be over only where no change is under way.
            asked.completeExceptionally(new IOException("the members of the group are being changed"));
        } else {
            asked.complete(new Mark(at.getTerm(), at.getIndex(), self.toString(), sequence, members));
        }
    }

    /**
     * Asks the node that was heard last to lead instead of this one. Ratis waits until it has all of the log.
     *
     * @return completes with its id when it does; empty if this node does not lead
     */
    CompletableFuture<Optional<String>> handOver(int withinMillis) {
        Optional<RaftPeerId> next = next();
        if (closing || next.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        try {
            return server.transferLeadershipAsync(new TransferLeadershipRequest(client, self, group,
                    numbers.incrementAndGet(), next.get(), withinMillis)).thenCompose(
                            reply -> reply.isSuccess()
                                    ? CompletableFuture.completedFuture(next.map(RaftPeerId::toString))
                                    : CompletableFuture.failedFuture(reply.getException()));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Who was heard last; nobody if this node does not lead, or leads alone. */
    private Optional<RaftPeerId> next() {
        RaftProtos.RoleInfoProto role = division().getInfo().getRoleInfoProto();
        return !role.hasLeaderInfo()
                ? Optional.empty()
                : role.getLeaderInfo().getFollowerInfoList().stream()
                        .max(Comparator.<RaftProtos.ServerRpcProto>comparingLong(
                                follower -> -follower.getLastRpcElapsedTimeMs()))
                        .map(follower -> RaftPeerId.valueOf(follower.getId().getId()));
    }

    private void proposeBarrierLater(long term) {
        if (!closing) {
            try {
                var unused = timer.schedule(() -> submit(() -> proposeBarrier(term)), BARRIER_RETRY_MILLIS,
                        TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                // This node ends.
            }
        }
    }

    @Override
    public void deposed() {
        ratisLeads = 0;
        events.ended();
        confirmations.changed();
    }

    @Override
    public void applied() {
        confirmations.changed();
    }

    @Override
    public void leaderChanged(String leader) {
        installer.leaderChanged(leader);
    }

    @Override
    public void cutNeeded(String leader, long firstIndex) {
        installer.cutNeeded(leader, firstIndex);
    }

    @Override
    public void membersChanged(Members members) {
        if (!members.isStable()) {
            return;
        }
        boolean isMember = members.has(self.toString());
        boolean isRemoved = wasMember && !isMember;
        wasMember |= isMember;
        installer.membersChanged(members.peers());
        if (isRemoved) {
            dismissed();
        }
    }

    /** {@inheritDoc} A node that was a member once is none for ever: what it has promised may be forgotten by then. */
    @Override
    public void dismissed() {
        if (closing || isDismissed) {
            return;
        }
        isDismissed = true;
        if (!wasMember) {
            installer.notAdded();
            return;
        }
        try {
            directory.markRemoved();
            events.fail(directory.removed(self.toString()));
        } catch (IOException e) {
            events.fail(directory.failed("it cannot be written that this node was removed from its group", e));
        }
    }

    @Override
    public void failed(String what, @Nullable Throwable cause) {
        if (!closing) {
            events.fail(cause == null
                    ? new StorageException(Kind.FAILED, "the raft log in " + directory.root() + " has failed: " + what)
                    : directory.failed(what, cause));
        }
    }

    /** {@inheritDoc} Why, Ratis says a moment later if it knows. */
    @Override
    public void ended() {
        if (!closing && !isDismissed) {
            try {
                var unused = timer.schedule(() -> {
                    if (!isDismissed) {
                        failed("Ratis has ended by itself", null);
                    }
                }, END_REASON_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                // This node ends.
            }
        }
    }

    long term() {
        return division().getInfo().getCurrentTerm();
    }

    Reconfiguration reconfiguration() {
        return reconfiguration;
    }

    Members membersAt(long index) {
        return log.membersAt(index);
    }

    void confirmRead(LongConsumer told) {
        confirmations.confirm(told);
    }

    /** The store holds everything up to {@code cut}, and nobody needs what is before the entry of {@code through}. */
    void release(Cut cut, Cut through) {
        log.released(cut);
        if (through.index() > 0) {
            submit(() -> {
                // The file with the entry itself stays: it shows after a restart that the log is whole.
                var unused = division().getRaftLog().purge(through.index() - 1);
            });
        }
    }

    @Override
    public long leadership() {
        return events.leadership();
    }

    @Override
    public long committedIndex() {
        return division().getRaftLog().getLastCommittedIndex();
    }

    @Override
    public long appliedIndex() {
        return log.appliedIndex();
    }

    @Override
    public long appliedSequence() {
        return log.appliedSequence();
    }

    @Override
    public RaftConfiguration configuration() {
        return division().getRaftConf();
    }

    @Override
    public RaftPeerId self() {
        return self;
    }

    @Override
    public void close() throws StorageException {
        closing = true;
        // First, so that the thread of Ratis that queues is not held up for ever.
        events.close();
        confirmations.close();
        submitter.shutdown();
        timer.shutdownNow();
        try {
            server.close();
            if (!submitter.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new StorageException(Kind.FAILED,
                        "the raft log in " + directory.root() + " does not stop: Ratis holds up a proposal");
            }
        } catch (IOException e) {
            throw directory.failed("Ratis does not stop", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
