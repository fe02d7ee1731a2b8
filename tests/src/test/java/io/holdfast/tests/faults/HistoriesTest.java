package io.holdfast.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.State;
import io.holdfast.simulator.history.Verdict;
import io.holdfast.tests.faults.Asked.Answer;
import io.holdfast.tests.faults.Asked.Operation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the recorded answers of real clients mean to the checker; each kind of lie in them is found. */
class HistoriesTest {

    private static final String GID = "g";

    /** One transaction: a lost begin, a begin that found it, a decision that went unanswered, and what was seen then. */
    private static List<Asked> fine() {
        return List.of(
                asked(0, Operation.BEGIN_TCC, 10, new Answer(20, 0, "", null, false)),
                asked(1, Operation.BEGIN_TCC, 30, new Answer(40, 200, "", State.TRYING, false)),
                asked(2, Operation.REGISTER, 41, new Answer(42, 200, "", State.TRYING, true)),
                asked(3, Operation.QUERY, 50, new Answer(60, 200, "", State.TRYING, false)),
                asked(4, Operation.CONFIRM, 70, null),
                asked(5, Operation.CONFIRM, 80, new Answer(90, 503, "no_leader", null, false)),
                asked(6, Operation.QUERY, 100, new Answer(110, 200, "", State.CONFIRMING, false)),
                asked(7, Operation.CANCEL, 120, new Answer(130, 409, "decision_conflict", State.CONFIRMED, false)),
                asked(8, Operation.CONFIRM, 140, new Answer(150, 200, "", State.CONFIRMED, false)),
                asked(9, Operation.QUERY, 160, new Answer(170, 200, "", State.CONFIRMED, false)));
    }

    private static Asked asked(int number, Operation operation, long at, @Nullable Answer answer) {
        return new Asked("c", number, operation, GID, number % 3, at, answer);
    }

    private static List<Asked> fineBut(int number, Answer answer) {
        List<Asked> changed = new ArrayList<>(fine());
        changed.set(number, changed.get(number).answered(answer));
        return changed;
    }

    @Test
    void whatOneObjectCanHaveSaidIsFine() {
        assertThat(Histories.judge(fine())).isEqualTo(new Verdict.Ok(1, 9));
    }

    @Test
    void aLostTransactionIsFound() {
        assertIllegal(fineBut(9, new Answer(170, 404, "not_found", null, false)));
    }

    @Test
    void aChangedDecisionIsFound() {
        assertIllegal(fineBut(9, new Answer(170, 200, "", State.CANCELLED, false)));
    }

    @Test
    void aStaleAnswerIsFound() {
        assertIllegal(fineBut(9, new Answer(170, 200, "", State.TRYING, false)));
    }

    @Test
    void aBeginThatTookEffectTwiceIsFound() {
        List<Asked> twice = new ArrayList<>(fineBut(1, new Answer(40, 201, "", State.TRYING, true)));
        twice.set(0, twice.get(0).answered(new Answer(20, 201, "", State.TRYING, true)));
        assertIllegal(twice);
    }

    @Test
    void aRefusalThatTookEffectIsFound() {
        List<Asked> refused = new ArrayList<>(fine());
        refused.set(4, refused.get(4).answered(new Answer(75, 429, "overloaded", null, false)));
        // Nobody but the two refused ones has asked for what was seen then.
        assertIllegal(refused.subList(0, 7));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 500, 202})
    void anAnswerThatMustNotComeIsNoAnswer(int status) {
        List<Asked> asked = fineBut(3, new Answer(60, status, "", State.TRYING, false));
        assertThatThrownBy(() -> Histories.judge(asked)).isInstanceOf(AssertionError.class)
                .hasMessageContaining("status=" + status);
    }

    @Test
    void aFileHoldsWhatWasAskedUpToItsLastWholeLine(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("history");
        try (HistoryFile file = new HistoryFile(path)) {
            for (Asked one : fine()) {
                file.asked(one.answered(new Answer(0, 0, "", null, false)));
                Answer answer = one.answer();
                if (answer != null) {
                    file.told(one, answer);
                }
            }
        }
        assertThat(HistoryFile.read(path)).isEqualTo(fine());
        Files.writeString(path, "told c 9 17", StandardOpenOption.APPEND);
        assertThat(HistoryFile.read(path)).isEqualTo(fine());
        Files.writeString(path, "\n", StandardOpenOption.APPEND);
        assertThatThrownBy(() -> HistoryFile.read(path)).isInstanceOf(AssertionError.class)
                .hasMessageContaining("told c 9 17");
    }

    private static void assertIllegal(List<Asked> asked) {
        assertThat(Histories.judge(asked)).isInstanceOf(Verdict.Illegal.class);
    }
}
