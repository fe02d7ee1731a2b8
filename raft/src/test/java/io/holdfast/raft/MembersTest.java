package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.raft.RaftSettings.Peer;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembersTest {

    private static final Peer ONE = new Peer("n1", "10.0.0.1", 7_000, "http://10.0.0.1:80");
    private static final Peer TWO = new Peer("n2", "::1", 7_000, "https://[::1]:443");
    private static final Peer THREE = new Peer("n3", "host.name", 1);

    @Test
    void whatIsWrittenIsRead() {
        for (Members members : List.of(new Members(3, 17, List.of(ONE, TWO, THREE), List.of(ONE)),
                new Members(0, 0, List.of(THREE), List.of()), Members.founding(List.of(ONE)))) {
            assertThat(Members.parse(members.text())).isEqualTo(members);
        }
    }

    @Test
    void ratisKeepsAllOfIt() {
        Members members = new Members(3, 17, List.of(ONE, TWO, THREE), List.of(ONE, TWO));
        assertThat(Members.of(3, 17, members.entry().getConfigurationEntry())).isEqualTo(members);
    }

    @Test
    void whatIsNoneIsRefused() {
        for (String text : List.of("", "1 2 -", "1 2 - -", "1 2 n1,h:1 -", "1 2 n1,h,x -", "1 2 n1,h:1,;n2,h:2 -",
                "x 2 n1,h:1, -", "1 -2 n1,h:1, -")) {
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> Members.parse(text));
        }
    }
}
