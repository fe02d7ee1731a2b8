package io.holdfast.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.raft.RaftSettings;
import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.config.ClusterConfig.Member;
import io.holdfast.server.http.Leadership;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CurrentMembersTest {

    private static final Member ONE = Member.parse("n1 10.0.0.1:1 http://10.0.0.1:80");
    private static final Member TWO = Member.parse("n2 [::1]:2 https://[::1]:443");
    private static final Member THREE = Member.parse("n3 host:3 http://host:80");
    private static final ClusterConfig CONFIG = new ClusterConfig("n1", List.of(ONE, TWO));

    private final CurrentMembers members = new CurrentMembers(CONFIG);
    private final LeaderWatch leader = new LeaderWatch(members, "n1");

    private void told(Member... now) {
        members.told(List.of(now).stream().map(CurrentMembers::peer).toList());
        leader.membersChanged();
    }

    @Test
    void aMemberIsTheSameInConfigurationAndLog() {
        told(ONE, TWO, THREE);
        assertThat(members.all()).containsExactly(ONE, TWO, THREE);
        assertThat(CurrentMembers.peer(TWO))
                .isEqualTo(new RaftSettings.Peer("n2", "::1", 2, "https://[::1]:443"));
        assertThat(Member.parse(TWO.text())).isEqualTo(TWO);
    }

    @Test
    void onlyTheLogSaysThatThisNodeIsNoMember() {
        assertThat(members.lacksSelf()).isFalse();
        told(TWO, THREE);
        assertThat(members.lacksSelf()).isTrue();
        told(ONE, TWO, THREE);
        assertThat(members.lacksSelf()).isFalse();
    }

    @Test
    void aLeaderIsFoundAsSoonAsTheLogKnowsIt() {
        leader.leader("n3");
        assertThat(leader.place()).isEqualTo(new Leadership.Place.Nowhere());
        CompletableFuture<Void> change = leader.change();
        told(ONE, THREE);
        assertThat(change).isCompleted();
        assertThat(leader.place()).isEqualTo(new Leadership.Place.There("n3", THREE.api()));
        leader.leader("n2");
        assertThat(leader.place()).as("it is no member any more").isEqualTo(new Leadership.Place.Nowhere());
    }
}
