package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Operation;
import io.holdfast.examples.process.EmbeddedDatabase;
import io.holdfast.examples.process.WorkDirectory;
import io.holdfast.fence.BranchCall;
import io.holdfast.fence.Dialect;
import io.holdfast.fence.FenceResult;
import io.holdfast.fence.JdbcFence;
import io.holdfast.testkit.component.MariaDbServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The SQL of docs/on-call.md as it stands there, in the databases of participants behind our fence. */
class OnCallSqlIT {
    private static final Path PAGE = Path.of(System.getProperty("holdfast.root", ".."), "docs/on-call.md");
    private static final String GID = "order-4711";

    @Test
    void theRowOfTheBranchTellsWhereTheHoldIsInPostgreSql() throws Exception {
        try (WorkDirectory directory = WorkDirectory.create();
                EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            look(database.url("postgres"), Dialect.POSTGRESQL);
        }
    }

    @Test
    void theRowOfTheBranchTellsWhereTheHoldIsInMariaDb() throws Exception {
        MariaDbServer.require();
        try (MariaDbServer server = MariaDbServer.start()) {
            look(server.url("shop"), Dialect.MARIADB);
        }
    }

    private static void look(String url, Dialect dialect) throws Exception {
        JdbcFence fence = JdbcFence.on(dialect);
        try (Connection connection = DriverManager.getConnection(url)) {
            try (Statement statement = connection.createStatement()) {
                for (String sql : fence.createTableSql()) {
                    statement.execute(sql);
                }
            }
            connection.setAutoCommit(false);
            assertThat(states(connection)).as("the participant has never heard of it").isEmpty();
            for (String branch : new String[]{"held", "final", "released"}) {
                call(fence, connection, branch, Operation.TRY, FenceResult.RAN);
            }
            call(fence, connection, "final", Operation.CONFIRM, FenceResult.RAN);
            call(fence, connection, "released", Operation.CANCEL, FenceResult.RAN);
            call(fence, connection, "none", Operation.CANCEL, FenceResult.EMPTY);
            assertThat(states(connection)).isEqualTo(
                    Map.of("held", "tried", "final", "confirmed", "released", "cancelled", "none", "never_tried"));
        }
    }

    private static void call(JdbcFence fence, Connection connection, String branch, Operation operation,
            FenceResult expected) throws SQLException {
        assertThat(fence.guard(connection, new BranchCall(GID, branch, operation), same -> {
        })).isEqualTo(expected);
        connection.commit();
    }

    /** Runs every statement of the page; what it says of each branch. */
    private static Map<String, String> states(Connection connection) throws Exception {
        Map<String, String> blocks = DocumentShell.blocks(PAGE, "on-call", "sql");
        assertThat(blocks.keySet()).as("all are tested here").containsExactly("hold");
        Map<String, String> states = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(blocks.get("hold"))) {
            while (rows.next()) {
                assertThat(rows.getLong("changed_at_millis")).isPositive();
                states.put(rows.getString("branch_id"), rows.getString("state"));
            }
        }
        connection.commit();
        return states;
    }
}
