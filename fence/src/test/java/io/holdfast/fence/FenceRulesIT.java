package io.holdfast.fence;

import static io.holdfast.api.Operation.ACTION;
import static io.holdfast.api.Operation.CANCEL;
import static io.holdfast.api.Operation.COMPENSATE;
import static io.holdfast.api.Operation.CONFIRM;
import static io.holdfast.api.Operation.TRY;
import static io.holdfast.fence.FenceResult.ALREADY_DONE;
import static io.holdfast.fence.FenceResult.CONFLICT;
import static io.holdfast.fence.FenceResult.EMPTY;
import static io.holdfast.fence.FenceResult.NOT_TRIED;
import static io.holdfast.fence.FenceResult.RAN;
import static io.holdfast.fence.FenceResult.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls of one branch one after the other, and what goes wrong around them. */
@ParameterizedClass
@EnumSource(Variant.class)
class FenceRulesIT {
    private static final Instant LONG_AGO = Instant.ofEpochMilli(1_000_000);

    private final Variant variant;
    private final String gid = Participant.newGid();
    private Participant participant;

    FenceRulesIT(Variant variant) {
        this.variant = variant;
    }

    @BeforeEach
    void prepare() throws SQLException {
        variant.require();
        participant = new Participant(variant);
    }

    record Step(Operation operation, FenceResult result) {}

    private static Step step(Operation operation, FenceResult result) {
        return new Step(operation, result);
    }

    static Stream<List<Step>> sequences() {
        return Stream.of(
                List.of(step(TRY, RAN), step(CONFIRM, RAN), step(CONFIRM, ALREADY_DONE), step(TRY, ALREADY_DONE),
                        step(CANCEL, CONFLICT)),
                List.of(step(TRY, RAN), step(TRY, ALREADY_DONE), step(CANCEL, RAN), step(CANCEL, ALREADY_DONE),
                        step(CONFIRM, CONFLICT), step(TRY, REFUSED)),
                List.of(step(CANCEL, EMPTY), step(TRY, REFUSED), step(CANCEL, EMPTY), step(TRY, REFUSED),
                        step(CONFIRM, CONFLICT)),
                List.of(step(CONFIRM, NOT_TRIED), step(CONFIRM, NOT_TRIED), step(TRY, RAN), step(CONFIRM, RAN)),
                List.of(step(CONFIRM, NOT_TRIED), step(CANCEL, EMPTY), step(TRY, REFUSED)),
                List.of(step(ACTION, RAN), step(ACTION, ALREADY_DONE), step(COMPENSATE, RAN),
                        step(COMPENSATE, ALREADY_DONE), step(ACTION, REFUSED)),
                List.of(step(COMPENSATE, EMPTY), step(ACTION, REFUSED), step(COMPENSATE, EMPTY)),
                List.of(step(TRY, RAN), step(COMPENSATE, CONFLICT), step(ACTION, CONFLICT), step(CONFIRM, RAN)),
                List.of(step(ACTION, RAN), step(CANCEL, CONFLICT), step(TRY, CONFLICT), step(CONFIRM, CONFLICT),
                        step(COMPENSATE, RAN)));
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void eachCallIsAnsweredByWhatHappenedBefore(List<Step> steps) throws SQLException {
        List<String> effects = new ArrayList<>();
        for (Step step : steps) {
            assertThat(participant.deliver(gid, step.operation)).as("%s in %s", step.operation, steps)
                    .isEqualTo(step.result);
            if (step.result == RAN) {
                effects.add(step.operation.wireName());
            }
            assertThat(participant.effects(gid)).containsExactlyInAnyOrderElementsOf(effects);
        }
        participant.assertRetriesAreAllowed();
    }

    @Test
    void branchesAndTransactionsAreToldApartByEveryByte() throws SQLException {
        String longest = "x".repeat(BranchCall.MAX_ID_CHARS - 6) + participant.hashCode() % 1000;
        List<BranchCall> calls = List.of(new BranchCall(gid, "01", TRY), new BranchCall(gid, "02", TRY),
                new BranchCall(gid, "01-01", TRY),
                new BranchCall(gid, "a", TRY), new BranchCall(gid, "A", TRY), new BranchCall(gid, "\u00e4", TRY),
                new BranchCall(gid, "a\u0308", TRY),
                new BranchCall(gid, "\uD83D\uDE00", TRY), new BranchCall(gid, longest, TRY),
                new BranchCall(gid.toUpperCase(Locale.ROOT), "01", TRY));
        for (BranchCall call : calls) {
            assertThat(participant.deliver(call)).as(call.toString()).isEqualTo(RAN);
        }
        for (BranchCall call : calls) {
            assertThat(participant.deliver(call)).as(call.toString()).isEqualTo(ALREADY_DONE);
        }
    }

    @Test
    void aFailedBusinessLeavesNothingEvenIfTheCallerCommits() throws SQLException {
        BranchCall call = Participant.call(gid, TRY);
        try (Connection connection = participant.begin()) {
            assertThatThrownBy(() -> participant.fence.guard(connection, call, same -> {
                Participant.effectOf(call).run(same);
                throw new Rejected();
            })).isInstanceOf(Rejected.class).hasNoSuppressedExceptions();
            connection.commit();
        }
        assertThat(participant.states(gid)).isEmpty();
        assertThat(participant.effects(gid)).isEmpty();
        assertThat(participant.deliver(call)).isEqualTo(RAN);
        assertThat(participant.effects(gid)).containsExactly("try");
    }

    @Test
    void aFailedSecondPhaseIsRepeatedUntilItWorks() throws SQLException {
        participant.deliver(gid, TRY);
        BranchCall cancel = Participant.call(gid, CANCEL);
        try (Connection connection = participant.begin()) {
            assertThatThrownBy(() -> participant.fence.guard(connection, cancel, same -> {
                try (Statement statement = same.createStatement()) {
                    statement.execute("insert into no_such_table values (1)");
                }
            })).isInstanceOf(SQLException.class);
            connection.rollback();
        }
        assertThat(participant.states(gid)).containsExactly("tried");
        assertThat(participant.deliver(cancel)).isEqualTo(RAN);
    }

    @Test
    void aConnectionLostBeforeTheCommitLeavesNothing() throws SQLException {
        BranchCall call = Participant.call(gid, ACTION);
        Connection connection = participant.begin();
        assertThat(participant.fence.guard(connection, call, Participant.effectOf(call))).isEqualTo(RAN);
        connection.abort(Runnable::run);
        assertThat(participant.deliver(call)).isEqualTo(RAN);
        assertThat(participant.effects(gid)).containsExactly("action");
    }

    @Test
    void autoCommitIsRefused() throws SQLException {
        try (Connection connection = variant.open()) {
            BranchCall call = Participant.call(gid, TRY);
            assertThatThrownBy(() -> participant.fence.guard(connection, call, Participant.effectOf(call)))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("auto-commit");
        }
        assertThat(participant.states(gid)).isEmpty();
        assertThat(participant.effects(gid)).isEmpty();
    }

    @Test
    void aBusinessThatEndsTheTransactionIsReported() throws SQLException {
        for (Work<SQLException> ending : List.<Work<SQLException>>of(Connection::commit, Connection::rollback)) {
            try (Connection connection = participant.begin()) {
                BranchCall call = Participant.call(Participant.newGid(), TRY);
                assertThatThrownBy(() -> participant.fence.guard(connection, call, ending))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("ended the transaction");
                connection.rollback();
            }
        }
    }

    @Test
    void aSnapshotOlderThanTheTryDoesNotMakeItsCancelEmpty() throws SQLException {
        BranchCall cancel = Participant.call(gid, CANCEL);
        try (Connection old = participant.begin()) {
            readSomething(old);
            participant.deliver(gid, TRY);
            assertThat(answerFrom(old, cancel)).isIn(Optional.of(RAN), Optional.empty());
            old.rollback();
        }
        assertThat(participant.states(gid)).containsExactly("tried");
        assertThat(participant.deliver(cancel)).isEqualTo(RAN);
    }

    @Test
    void aSnapshotOlderThanTheTryNeverConfirmsWithoutIt() throws SQLException {
        BranchCall confirm = Participant.call(gid, CONFIRM);
        try (Connection old = participant.begin()) {
            readSomething(old);
            participant.deliver(gid, TRY);
            assertThat(answerFrom(old, confirm)).isIn(Optional.of(RAN), Optional.of(NOT_TRIED));
            old.rollback();
        }
        assertThat(participant.deliver(confirm)).isEqualTo(RAN);
    }

    private void readSomething(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery("select count(*) from effect").close();
        }
    }

    /** The answer, or nothing if the database asks to run the transaction again, which only some levels may. */
    private Optional<FenceResult> answerFrom(Connection connection, BranchCall call) throws SQLException {
        try {
            return Optional.of(participant.fence.guard(connection, call, Participant.effectOf(call)));
        } catch (SQLException e) {
            assertThat(JdbcFence.isRetryable(e)).as("state=%s code=%d", e.getSQLState(), e.getErrorCode()).isTrue();
            assertThat(variant.mayAskToRetry()).isTrue();
            return Optional.empty();
        }
    }

    @Test
    void twoBranchesCanShareOneTransaction() throws SQLException {
        try (Connection connection = participant.begin()) {
            for (String branch : List.of("01", "02")) {
                BranchCall call = new BranchCall(gid, branch, TRY);
                assertThat(participant.fence.guard(connection, call, Participant.effectOf(call))).isEqualTo(RAN);
            }
            connection.commit();
        }
        assertThat(participant.states(gid)).containsExactly("tried", "tried");
    }

    @Test
    void inTransactionCommitsAndGivesTheConnectionBackAsItWas() throws SQLException {
        RememberingDataSource source = new RememberingDataSource(variant);
        BranchCall call = Participant.call(gid, TRY);
        assertThat(participant.fence.inTransaction(source, call, Participant.effectOf(call))).isEqualTo(RAN);
        assertThat(source.wasAutoCommitAtClose()).isTrue();
        assertThat(participant.effects(gid)).containsExactly("try");
    }

    @Test
    void inTransactionRollsBackAndGivesTheConnectionBackAsItWas() throws SQLException {
        RememberingDataSource source = new RememberingDataSource(variant);
        BranchCall call = Participant.call(gid, TRY);
        assertThatThrownBy(() -> participant.fence.inTransaction(source, call, connection -> {
            Participant.effectOf(call).run(connection);
            throw new Rejected();
        })).isInstanceOf(Rejected.class).hasNoSuppressedExceptions();
        assertThat(source.wasAutoCommitAtClose()).isTrue();
        assertThat(participant.states(gid)).isEmpty();
        assertThat(participant.effects(gid)).isEmpty();
    }

    @Test
    void onlyOldFinishedRowsAreDeletedByAge() throws SQLException {
        AtomicReference<Instant> now = new AtomicReference<>(LONG_AGO);
        String table = "aged_fence";
        JdbcFence fence = new JdbcFence(FenceTable.of(variant.dialect(), table), (InstantSource) now::get);
        try (Connection connection = variant.open(); Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists " + table);
            for (String sql : fence.createTableSql()) {
                statement.execute(sql);
            }
            connection.setAutoCommit(false);
            for (String age : List.of("old", "young")) {
                guardAll(fence, connection, age + "-tried", TRY);
                guardAll(fence, connection, age + "-confirmed", TRY, CONFIRM);
                guardAll(fence, connection, age + "-cancelled", TRY, CANCEL);
                guardAll(fence, connection, age + "-never-tried", CANCEL);
                guardAll(fence, connection, age + "-acted", ACTION);
                guardAll(fence, connection, age + "-compensated", ACTION, COMPENSATE);
                guardAll(fence, connection, age + "-never-acted", COMPENSATE);
                now.set(LONG_AGO.plusSeconds(10));
            }
            connection.commit();
            Instant cutOff = LONG_AGO.plusSeconds(10);
            assertThat(fence.deleteOlderThan(connection, cutOff, 3)).isEqualTo(3);
            assertThat(fence.deleteOlderThan(connection, cutOff, 3)).isEqualTo(2);
            assertThat(fence.deleteOlderThan(connection, cutOff, 3)).isZero();
            assertThat(gids(connection, table)).containsExactly("old-acted", "old-tried", "young-acted",
                    "young-cancelled", "young-compensated",
                    "young-confirmed", "young-never-acted", "young-never-tried", "young-tried");
            assertThat(fence.deleteSagaActionsOlderThan(connection, cutOff, 10)).isEqualTo(1);
            assertThat(gids(connection, table)).contains("old-tried", "young-acted").doesNotContain("old-acted");
            connection.commit();
        }
    }

    private static void guardAll(JdbcFence fence, Connection connection, String gid, Operation... operations)
            throws SQLException {
        for (Operation operation : operations) {
            fence.guard(connection, Participant.call(gid, operation), same -> {
            });
        }
    }

    private static List<String> gids(Connection connection, String table) throws SQLException {
        List<String> gids = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                var rows = statement.executeQuery("select gid from " + table + " order by gid")) {
            while (rows.next()) {
                gids.add(rows.getString(1));
            }
        }
        return gids;
    }

    private static final class Rejected extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
