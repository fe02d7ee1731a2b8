package io.holdfast.fence;

import io.holdfast.api.Operation;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The sample of docs/fence.md: the text between the marks is printed there, and FenceDocsIT compares and runs it. */
final class ReserveStockSample {
    private final DataSource dataSource;
    private final JdbcFence fence;

    ReserveStockSample(DataSource dataSource, Dialect dialect) {
        this.dataSource = dataSource;
        this.fence = JdbcFence.on(dialect);
    }

    // sample
    /** One endpoint for the three phases; {@code rawQuery} is what the coordinator or the caller put after the question mark. */
    Answer reserveStock(String rawQuery, long sku, int pieces) throws SQLException {
        try {
            BranchCall call = BranchCall.fromQuery(rawQuery);
            FenceResult result = fence.inTransaction(dataSource, call, connection -> {
                String sql = switch (call.operation()) {
                    case TRY -> "update stock set free = free - ?, held = held + ? where sku = ? and free >= ?";
                    case CONFIRM -> "update stock set held = held - ?, sold = sold + ? where sku = ? and held >= ?";
                    case CANCEL -> "update stock set held = held - ?, free = free + ? where sku = ? and held >= ?";
                    case ACTION, COMPENSATE ->
                        throw new IllegalArgumentException("this endpoint takes part in TCC only");
                };
                try (PreparedStatement update = connection.prepareStatement(sql)) {
                    update.setInt(1, pieces);
                    update.setInt(2, pieces);
                    update.setLong(3, sku);
                    update.setInt(4, pieces);
                    if (update.executeUpdate() == 0) {
                        throw new OutOfStock(call);
                    }
                }
            });
            return new Answer(result.httpStatus(), result.body());
        } catch (IllegalArgumentException e) {
            return new Answer(400, "{\"message\":\"malformed call\"}");
        } catch (OutOfStock e) {
            // A business "no" is definite for Try alone. A Confirm or Cancel that cannot do its work is retried.
            return e.whileTrying
                    ? new Answer(409, "{\"dtm_result\":\"FAILURE\",\"message\":\"out of stock\"}")
                    : new Answer(500, "{\"message\":\"nothing is held\"}");
        }
    }
    // end of sample

    record Answer(int httpStatus, String body) {}

    private static final class OutOfStock extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final boolean whileTrying;

        OutOfStock(BranchCall call) {
            whileTrying = call.operation() == Operation.TRY;
        }
    }
}
