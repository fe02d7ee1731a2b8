package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.engine.ReplicatedLog;
import io.holdfast.engine.StorageException;
import io.holdfast.testkit.tls.TestAuthority;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that show each other certificates agree; whoever has none, or one of somebody else, is not heard. */
class PeerTlsTest {

    private static final int PATIENCE_SECONDS = 60;
    private static final String HOST = "ip:127.0.0.1";

    @TempDir
    Path directory;

    private RatisGroup group;
    private TestAuthority authority;
    private final List<Member> members = new ArrayList<>();

    /** One node and what it was told. */
    private static final class Member {
        final RaftLog log;
        boolean leads;
        boolean waits;
        long told;

        Member(RaftSettings settings) throws StorageException {
            log = new RaftLog(settings, (leader, firstIndex) -> {
            });
            log.recover(0, (sequence, payload) -> told = sequence);
        }

        void poll() throws StorageException {
            for (ReplicatedLog.Event event = log.take(); event != null; event = log.take()) {
                switch (event) {
                    case ReplicatedLog.Event.Committed committed -> {
                        told = committed.sequence();
                        waits &= !committed.own();
                    }
                    case ReplicatedLog.Event.Leads leading -> leads = true;
                    case ReplicatedLog.Event.Follows following -> {
                        leads = false;
                        waits = false;
                    }
                }
            }
            if (leads && !waits) {
                waits = true;
                log.propose(told + 1, ByteBuffer.wrap(new byte[]{1, 2, 3}));
            }
        }
    }

    private interface Condition {
        boolean holds();
    }

    @BeforeEach
    void prepare() throws Exception {
        group = new RatisGroup(3, directory, 11);
        authority = TestAuthority.create(directory.resolve("ours"));
    }

    @AfterEach
    void stop() throws StorageException {
        for (Member member : members) {
            member.log.close();
        }
        group.close();
    }

    private void start(int node, TestAuthority signedBy, String host) throws Exception {
        TestAuthority.Identity identity = signedBy.sign("n" + node, host);
        members.add(new Member(group.settings(node).withTls(new RaftSettings.PeerTls(identity.certificate(),
                identity.key(), authority.certificate()))));
    }

    private void await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waiting for %s", what).isLessThan(deadline);
            for (Member member : members) {
                member.poll();
            }
            assertThat(never.await(2, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    @Test
    void peersOfOneAuthorityAgree() throws Exception {
        for (int node = 0; node < 3; node++) {
            start(node, authority, HOST);
        }
        await("that all are told", () -> members.stream().allMatch(member -> member.told >= 5));

        RaftSettings.Peer port = group.settings(0).self();
        ManagedChannel plain = NettyChannelBuilder.forAddress(port.host(), port.port()).usePlaintext().build();
        try {
            var stranger = RaftServerProtocolServiceGrpc.newBlockingStub(plain).withDeadlineAfter(20, TimeUnit.SECONDS);
            assertThatThrownBy(() -> stranger.requestVote(RequestVoteRequestProto.getDefaultInstance()))
                    .isInstanceOf(StatusRuntimeException.class).hasMessageContaining("UNAVAILABLE");
        } finally {
            plain.shutdownNow();
        }
    }

    @Test
    void whoeverWasSignedBySomebodyElseOrForAnotherHostIsNotHeard() throws Exception {
        start(0, authority, HOST);
        start(1, authority, HOST);
        start(2, TestAuthority.create(directory.resolve("theirs")), HOST);
        await("that the two agree", () -> members.get(0).told >= 50 && members.get(1).told >= 50);
        assertThat(members.get(2).told).as("nobody sends it anything").isZero();
        assertThat(members.get(2).leads).isFalse();

        Member stranger = members.removeLast();
        stranger.log.close();
        start(2, authority, "ip:127.0.0.2");
        long now = members.getFirst().told;
        await("that the two go on", () -> members.get(0).told >= now + 50 && members.get(1).told >= now + 50);
        assertThat(members.get(2).told).as("its certificate is for another host").isZero();
    }

    @Test
    void aFileThatIsNoCertificateIsSaidAtTheStart() throws Exception {
        TestAuthority.Identity identity = authority.sign("n0", HOST);
        Path nonsense = Files.writeString(directory.resolve("nonsense.pem"), "nonsense");
        RaftSettings settings = group.settings(0)
                .withTls(new RaftSettings.PeerTls(nonsense, identity.key(), authority.certificate()));
        assertThatThrownBy(() -> new Member(settings)).isInstanceOf(StorageException.class)
                .hasMessageContaining(settings.id()).hasStackTraceContaining("nonsense.pem");
    }
}
