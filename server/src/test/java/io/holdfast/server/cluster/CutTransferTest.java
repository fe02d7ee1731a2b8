package io.holdfast.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.holdfast.raft.Cut;
import io.holdfast.raft.Mark;
import io.holdfast.raft.Members;
import io.holdfast.raft.RaftSettings.Peer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cut goes from one node to another with what belongs to it. */
class CutTransferTest {

    private static final Peer ONE = new Peer("n1", "10.0.0.1", 7_000, "http://10.0.0.1:80");
    private static final Peer TWO = new Peer("n2", "::1", 7_000, "https://[::1]:443");
    private static final Cut CUT = new Cut(12, 3, 20, new Members(3, 17, List.of(ONE, TWO), List.of(ONE)));
    private static final Mark MARK = new Mark(4, 25, "n1", 12, new Members(4, 22, List.of(ONE, TWO), List.of()));
    private static final long KEEP_FREE_BYTES = 1;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private byte[] sent(@Nullable Mark mark) throws IOException {
        Path store = Files.createDirectories(directory.resolve("offered"));
        Files.writeString(store.resolve("CURRENT"), "of the store");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CutArchive.write(new OfferedCut(CUT, mark, store), out);
        return out.toByteArray();
    }

    private IncomingCut incoming() {
        return new IncomingCut(directory, directory.resolve("store"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsSentIsReceivedAndRemembered(boolean withMark) throws Exception {
        ReceivedCut expected = new ReceivedCut(CUT, withMark ? MARK : null);
        ReceivedCut received = incoming().receive(new ByteArrayInputStream(sent(expected.mark())), KEEP_FREE_BYTES);
        assertThat(received).isEqualTo(expected);
        incoming().accept(received);
        // As after a crash.
        assertThat(incoming().isAccepted()).isTrue();
        assertThat(incoming().canBegin()).isEqualTo(withMark);
        assertThat(incoming().replaceStore()).isEqualTo(expected);
        assertThat(directory.resolve("store/CURRENT")).hasContent("of the store");
    }

    @Test
    void whoBeginsAtTheMarkKnowsTheMembersThatAreThere() {
        assertThat(MARK.notBefore(CUT)).isEqualTo(new Cut(12, 4, 25, MARK.members()));
        Cut later = new Cut(13, 4, 26, MARK.members());
        assertThat(MARK.notBefore(later)).isEqualTo(later);
    }

    @Test
    void aDamagedCutIsNotTaken() throws Exception {
        byte[] bytes = sent(MARK);
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 1;
            assertThatIOException().as("byte %s", at)
                    .isThrownBy(() -> incoming().receive(new ByteArrayInputStream(damaged), KEEP_FREE_BYTES));
        }
    }
}
