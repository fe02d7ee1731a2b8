package io.holdfast.conformance.dtmcli;

import io.holdfast.api.Operation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Money in a table of a real database, and what each operation of a branch does with it. The fence is somebody else's task. */
final class Accounts {

    /** What an account has, and how much of that is promised to transactions that are not decided yet. */
    record Balance(long balance, long held) {}

    /** The business says no: for Try and Action that is an outcome. */
    static final class RejectedException extends Exception {
        private static final long serialVersionUID = 1L;

        RejectedException(Operation operation, Transfer transfer) {
            super(operation + " is not possible: " + transfer);
        }
    }

    private final DataSource database;

    private Accounts(DataSource database) {
        this.database = database;
    }

    /** Takes over a database, which must be new. The check turns everything that is undone twice into an error. */
    static Accounts createIn(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("create table account (name varchar(64) primary key, balance bigint not null,"
                    + " held bigint not null, frozen boolean not null, check (held >= 0 and balance >= held))");
        }
        return new Accounts(database);
    }

    DataSource database() {
        return database;
    }

    /** Opens an account with a balance and returns its name. */
    String open(String name, long balance) throws SQLException {
        return open(name, balance, false);
    }

    /** Opens an account that refuses every Try and Action. */
    String openFrozen(String name, long balance) throws SQLException {
        return open(name, balance, true);
    }

    private String open(String name, long balance, boolean frozen) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement("insert into account values (?, ?, 0, ?)")) {
            insert.setString(1, name);
            insert.setLong(2, balance);
            insert.setBoolean(3, frozen);
            insert.executeUpdate();
            return name;
        }
    }

    Balance of(String name) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection
                        .prepareStatement("select balance, held from account where name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalArgumentException("no account " + name);
                }
                return new Balance(row.getLong(1), row.getLong(2));
            }
        }
    }

    /** Does the business of one operation in the caller's transaction. Money that arrives is not usable before Confirm. */
    void apply(Connection connection, Operation operation, Transfer transfer) throws SQLException, RejectedException {
        long delta = transfer.delta();
        long hold = Math.max(-delta, 0);
        boolean done = switch (operation) {
            case TRY -> update(connection, transfer, 0, hold, true);
            case CONFIRM -> update(connection, transfer, delta, -hold, false);
            case CANCEL -> update(connection, transfer, 0, -hold, false);
            case ACTION -> update(connection, transfer, delta, 0, true);
            case COMPENSATE -> update(connection, transfer, -delta, 0, false);
        };
        if (!done) {
            throw new RejectedException(operation, transfer);
        }
    }

    private static boolean update(Connection connection, Transfer transfer, long balance, long held,
            boolean mayBeRefused) throws SQLException {
        String sql = "update account set balance = balance + ?, held = held + ? where name = ?"
                + (mayBeRefused ? " and not frozen and balance + ? >= held + ?" : "");
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setLong(1, balance);
            update.setLong(2, held);
            update.setString(3, transfer.account());
            if (mayBeRefused) {
                update.setLong(4, balance);
                update.setLong(5, held);
            }
            return update.executeUpdate() == 1;
        }
    }
}
