package io.holdfast.fence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A fence that somebody builds who has nothing but docs/participants.md: its statements, its table and its five steps. */
final class PageFence implements LocalFence {
    private static final int MET_ON_MARIADB = 2;

    private final ParticipantsPage page;
    private final Dialect dialect;
    private final String enter;
    private final String lock;
    private final String change;

    PageFence(ParticipantsPage page, Dialect dialect) {
        this.page = page;
        this.dialect = dialect;
        enter = page.statement(name() + "-enter");
        lock = page.statement("lock");
        change = page.statement("change");
    }

    @Override
    public void createTable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : page.statements(name() + "-create")) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public FenceResult run(Connection connection, BranchCall call, Work<Rejected> business)
            throws SQLException, Rejected {
        String op = call.operation().wireName();
        String opening = page.line(op, ParticipantsPage.NO_ROW).after();
        String found = opening.equals(ParticipantsPage.NO_ROW)
                ? enterWithoutARow(connection, call)
                : enter(connection, call, opening);
        ParticipantsPage.Line line = page.line(op, found);
        if (!found.equals(ParticipantsPage.NO_ROW) && !line.after().equals(found)) {
            change(connection, call, line.after());
        }
        FenceResult result = FenceResult.valueOf(line.result());
        if (result == FenceResult.RAN) {
            business.run(connection);
        }
        return result;
    }

    private String enter(Connection connection, BranchCall call, String opening) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(enter)) {
            insert.setString(1, call.gid());
            insert.setString(2, call.branchId());
            insert.setString(3, opening);
            insert.setLong(4, System.currentTimeMillis());
            if (dialect == Dialect.MARIADB) {
                return insert.executeUpdate() == MET_ON_MARIADB
                        ? state(connection, lock, call)
                        : ParticipantsPage.NO_ROW;
            }
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getInt("met") == 0 ? ParticipantsPage.NO_ROW : row.getString("state");
            }
        }
    }

    private String enterWithoutARow(Connection connection, BranchCall call) throws SQLException {
        if (dialect == Dialect.MARIADB
                && state(connection, page.statement("mariadb-peek"), call).equals(ParticipantsPage.NO_ROW)) {
            return ParticipantsPage.NO_ROW;
        }
        return state(connection, lock, call);
    }

    private String state(Connection connection, String sql, BranchCall call) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, call.gid());
            select.setString(2, call.branchId());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : ParticipantsPage.NO_ROW;
            }
        }
    }

    private void change(Connection connection, BranchCall call, String after) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(change)) {
            update.setString(1, after);
            update.setLong(2, System.currentTimeMillis());
            update.setString(3, call.gid());
            update.setString(4, call.branchId());
            update.executeUpdate();
        }
    }

    private String name() {
        return switch (dialect) {
            case POSTGRESQL -> "postgresql";
            case MARIADB -> "mariadb";
        };
    }
}
