package io.holdfast.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.server.config.ClusterConfig;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Node n1 without a log, and two others that are what the test says. */
class AdmissionTest {

    private static final int PATIENCE_SECONDS = 20;
    /** Asked so often it has seen each of the others as it is now, and has acted on it. */
    private static final int ROUNDS = 3;
    private static final Foundation ONE = new Foundation("1".repeat(64), 100);
    private static final Foundation OTHER = new Foundation("2".repeat(64), 100);

    private final ClusterConfig config = new ClusterConfig("n1", List.of(
            ClusterConfig.Member.parse("n1 127.0.0.1:1 http://127.0.0.1:11"),
            ClusterConfig.Member.parse("n2 127.0.0.1:2 http://127.0.0.1:12"),
            ClusterConfig.Member.parse("n3 127.0.0.1:3 http://127.0.0.1:13")));
    /** With whom the others are configured. */
    private List<ClusterConfig.Member> configured = config.members();
    private final Map<URI, MemberClient.Member> others = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final List<Standing> told = new CopyOnWriteArrayList<>();
    private final List<URI> taken = new CopyOnWriteArrayList<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() throws InterruptedException {
        thread.shutdownNow();
        assertThat(thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private void is(String id, Standing standing, @Nullable Foundation foundation, @Nullable String leader) {
        others.put(config.member(id).api(), new MemberClient.Member(id, standing, leader, configured, foundation));
    }

    private void is(String id, Standing standing, @Nullable Foundation foundation) {
        is(id, standing, foundation, null);
    }

    private MemberClient.Member ask(URI api) throws IOException {
        asked.incrementAndGet();
        MemberClient.Member answer = others.get(api);
        if (answer == null) {
            throw new IOException("nobody is there");
        }
        return answer;
    }

    /** @param own with what n1 can found a group */
    private Future<Boolean> admit(@Nullable Foundation own) {
        Admission admission = new Admission(config, own, this::ask, told::add);
        return thread.submit(() -> admission.await(taken::add));
    }

    private void rounds() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        int until = asked.get() + 2 * ROUNDS;
        CountDownLatch never = new CountDownLatch(1);
        while (asked.get() < until) {
            assertThat(System.nanoTime()).as("asked %s times", asked).isLessThan(deadline);
            assertThat(never.await(5, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    private void assertWaits(Future<Boolean> admitted) throws InterruptedException {
        rounds();
        assertThat(admitted).isNotDone();
        assertThat(taken).isEmpty();
    }

    private static boolean get(Future<Boolean> admitted) throws Exception {
        return admitted.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void foundersBeginWhenAllAreThereWithTheSame(boolean withABackup) throws Exception {
        Foundation same = withABackup ? ONE : null;
        is("n2", Standing.NEW, same);
        Future<Boolean> admitted = admit(same);
        assertWaits(admitted);
        assertThat(told).isEmpty();
        is("n3", Standing.NEW, same);
        assertWaits(admitted);
        assertThat(told).containsExactly(Standing.FOUNDER);
        is("n2", Standing.FOUNDER, same);
        is("n3", Standing.FOUNDER, same);
        assertThat(get(admitted)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nobodyBeginsWithOtherThanTheRest(boolean withABackup) throws Exception {
        Foundation own = withABackup ? ONE : null;
        is("n2", Standing.FOUNDER, own);
        is("n3", Standing.FOUNDER, OTHER);
        Future<Boolean> admitted = admit(own);
        assertWaits(admitted);
        assertThat(told).isEmpty();
        is("n3", Standing.FOUNDER, own);
        assertThat(get(admitted)).isTrue();
    }

    @Test
    void nobodyBeginsWithABackupWhileAnotherHasNothing() throws Exception {
        is("n2", Standing.NEW, ONE);
        is("n3", Standing.NEW, null);
        assertWaits(admit(ONE));
        assertThat(told).isEmpty();
    }

    @Test
    void nodesThatAreConfiguredWithOthersDoNotBeginTogether() throws Exception {
        is("n2", Standing.NEW, null);
        configured = config.members().subList(0, 2);
        is("n3", Standing.NEW, null);
        Future<Boolean> admitted = admit(null);
        assertWaits(admitted);
        assertThat(told).isEmpty();
        configured = config.members();
        is("n3", Standing.FOUNDER, null);
        is("n2", Standing.FOUNDER, null);
        assertThat(get(admitted)).isTrue();
    }

    /** Whose disk was exchanged meanwhile. */
    @Test
    void founderDoesNotBeginWhenAnotherComesBackWithSomethingElse() throws Exception {
        is("n2", Standing.FOUNDER, ONE);
        is("n3", Standing.NEW, ONE);
        Future<Boolean> admitted = admit(ONE);
        assertWaits(admitted);
        assertThat(told).containsExactly(Standing.FOUNDER);
        is("n3", Standing.FOUNDER, OTHER);
        assertWaits(admitted);
        is("n3", Standing.BEGINNER, OTHER, "n3");
        assertWaits(admitted);
    }

    @ParameterizedTest
    @EnumSource(value = Standing.class, names = {"BEGINNER", "MEMBER"})
    void whatAGroupDoesNotHaveIsNotThrownAway(Standing begun) throws Exception {
        is("n2", begun, OTHER, "n2");
        is("n3", begun, null, "n2");
        Future<Boolean> admitted = admit(ONE);
        assertWaits(admitted);
        assertThat(told).isEmpty();
        // One that was founded with it has all of it.
        is("n3", begun, ONE, "n2");
        assertThat(get(admitted)).isFalse();
        assertThat(taken).containsExactly(config.member("n2").api());
    }

    /** It may have promised something to them that it has forgotten. */
    @Test
    void nodeWithNothingIsNeverAFounderBesideMembers() throws Exception {
        is("n2", Standing.MEMBER, null, "n2");
        is("n3", Standing.MEMBER, null, "n2");
        assertThat(get(admit(null))).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void nodeWithNothingTakesACutOfAnyGroup() throws Exception {
        is("n2", Standing.MEMBER, ONE, "n2");
        assertThat(get(admit(null))).isFalse();
        assertThat(taken).containsExactly(config.member("n2").api());
    }

    @ParameterizedTest
    @EnumSource(value = Standing.class, names = {"BEGINNER", "MEMBER"})
    void founderWithABackupBeginsAfterOneThatHas(Standing begun) throws Exception {
        is("n2", Standing.NEW, ONE);
        is("n3", Standing.NEW, ONE);
        Future<Boolean> admitted = admit(ONE);
        assertWaits(admitted);
        others.remove(config.member("n3").api());
        is("n2", begun, ONE);
        assertThat(get(admitted)).isTrue();
    }

    /** Its log may have been out of sight: nothing shows that the group is new. */
    @Test
    void founderWithNothingDoesNotBeginAfterAMember() throws Exception {
        is("n2", Standing.NEW, null);
        is("n3", Standing.NEW, null);
        Future<Boolean> admitted = admit(null);
        assertWaits(admitted);
        is("n2", Standing.MEMBER, null);
        assertWaits(admitted);
        is("n2", Standing.MEMBER, null, "n2");
        assertThat(get(admitted)).isFalse();
    }
}
