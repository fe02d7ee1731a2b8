package io.holdfast.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/fence.md and docs/participants.md print what the code does. */
class FenceDocsIT {
    private static final Path ROOT = ParticipantsPage.ROOT;

    private final String page = oneSpaced(
            Files.readString(ROOT.resolve("docs/fence.md")) + new ParticipantsPage().text());

    FenceDocsIT() throws IOException {
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void printsTheStatementsOfBothDatabases(Dialect dialect) {
        FenceTable table = FenceTable.of(dialect, JdbcFence.DEFAULT_TABLE);
        assertThat(table.createSql()).allSatisfy(sql -> assertThat(page).contains(oneSpaced(sql)));
        assertThat(table.statements()).allSatisfy(sql -> assertThat(page).contains(oneSpaced(sql)));
    }

    @Test
    void printsEveryTransition() {
        for (Transition line : Transition.TABLE) {
            assertThat(page).contains(
                    "| " + line.operation().wireName() + " | " + column(line.found()) + " | " + line.result() + " | "
                            + column(line.next()) + " | " + line.result().httpStatus() + " |");
        }
    }

    private static String column(@Nullable BranchState state) {
        return state == null ? "no row" : state.name().toLowerCase(Locale.ROOT);
    }

    @Test
    void printsTheSampleThatTheTestsRun() throws IOException {
        String source = Files.readString(ROOT.resolve("fence/src/test/java/io/holdfast/fence/ReserveStockSample.java"));
        int start = source.indexOf("// sample\n") + "// sample\n".length();
        assertThat(page).contains(oneSpaced(source.substring(start, source.indexOf("// end of sample"))));
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void theSampleHoldsConfirmsAndReleasesStock(Variant variant) throws SQLException {
        variant.require();
        new Participant(variant);
        try (Connection connection = variant.open(); Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists stock");
            statement.execute(
                    "create table stock (sku bigint primary key, free integer not null, held integer not null, sold integer not null)");
            statement.execute("insert into stock values (7, 5, 0, 0)");
            ReserveStockSample sample = new ReserveStockSample(new RememberingDataSource(variant), variant.dialect());
            String first = Participant.newGid();
            String second = Participant.newGid();

            assertThat(sample.reserveStock(query(first, "try"), 7, 3).httpStatus()).isEqualTo(200);
            assertThat(sample.reserveStock(query(first, "try"), 7, 3).httpStatus()).isEqualTo(200);
            assertThat(stock(statement)).isEqualTo("2 free, 3 held, 0 sold");
            assertThat(sample.reserveStock(query(second, "try"), 7, 3).body()).contains("FAILURE");
            assertThat(sample.reserveStock(query(second, "cancel"), 7, 3).httpStatus()).isEqualTo(200);
            assertThat(sample.reserveStock(query(second, "try"), 7, 1).httpStatus()).isEqualTo(409);
            assertThat(stock(statement)).isEqualTo("2 free, 3 held, 0 sold");
            assertThat(sample.reserveStock(query(first, "confirm"), 7, 3).httpStatus()).isEqualTo(200);
            assertThat(sample.reserveStock(query(first, "confirm"), 7, 3).httpStatus()).isEqualTo(200);
            assertThat(sample.reserveStock(query(first, "cancel"), 7, 3).httpStatus()).isEqualTo(500);
            assertThat(stock(statement)).isEqualTo("2 free, 0 held, 3 sold");
            assertThat(sample.reserveStock("gid=x", 7, 3).httpStatus()).isEqualTo(400);
        }
    }

    private static String query(String gid, String op) {
        return "gid=" + gid + "&trans_type=tcc&branch_id=01&op=" + op;
    }

    private static String stock(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("select free, held, sold from stock where sku = 7")) {
            row.next();
            return row.getInt(1) + " free, " + row.getInt(2) + " held, " + row.getInt(3) + " sold";
        }
    }

    private static String oneSpaced(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
