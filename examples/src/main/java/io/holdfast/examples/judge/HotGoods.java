package io.holdfast.examples.judge;

import io.holdfast.api.Operation;
import io.holdfast.examples.stock.RedisStock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts what Redis has of the hot goods beside the copies of the stock database. Quantities are those of Redis; how many there were at
 * first stays what the database says. What a branch did is read from its mark, so that a movement without a mark, or one that was
 * made twice, shows as a difference between quantities and log. For one thread.
 */
final class HotGoods {
    /** One step of a branch; changes are in pieces for each piece that the branch is about. */
    private record Step(Operation operation, int available, int frozen, int sold) {}

    private static final Step TRIED = new Step(Operation.TRY, -1, 1, 0);
    private static final Step CONFIRMED = new Step(Operation.CONFIRM, 0, -1, 1);
    private static final Step CANCELLED = new Step(Operation.CANCEL, 1, -1, 0);
    private static final Step ACTED = new Step(Operation.ACTION, -1, 0, 1);
    private static final Step COMPENSATED = new Step(Operation.COMPENSATE, 1, 0, -1);

    private final Connection courtroom;
    private final RedisStock redis;

    /** @param courtroom has the copies of the stock database */
    HotGoods(Connection courtroom, RedisStock redis) {
        this.courtroom = courtroom;
        this.redis = redis;
    }

    void load() throws SQLException {
        for (long skuId : hotSkus()) {
            setQuantities(skuId, redis.quantities(skuId));
            for (RedisStock.Mark mark : redis.marks(skuId)) {
                for (Step step : steps(mark)) {
                    addEffect(skuId, mark, step);
                }
            }
        }
    }

    /** What a branch did to come into its state, by the table of docs/participants.md. */
    private static List<Step> steps(RedisStock.Mark mark) {
        return switch (mark.state()) {
            case "tried" -> List.of(TRIED);
            case "confirmed" -> List.of(TRIED, CONFIRMED);
            case "cancelled" -> List.of(TRIED, CANCELLED);
            case "acted" -> List.of(ACTED);
            case "compensated" -> List.of(ACTED, COMPENSATED);
            case "never_tried", "never_acted" -> List.of();
            default -> throw new IllegalStateException("Redis has the mark " + mark + ", which no fence makes");
        };
    }

    private List<Long> hotSkus() throws SQLException {
        List<Long> skus = new ArrayList<>();
        try (Statement statement = courtroom.createStatement();
                ResultSet rows = statement.executeQuery("SELECT sku_id FROM pg_temp.sku WHERE hot")) {
            while (rows.next()) {
                skus.add(rows.getLong(1));
            }
        }
        return skus;
    }

    private void setQuantities(long skuId, RedisStock.Quantities quantities) throws SQLException {
        try (PreparedStatement update = courtroom.prepareStatement(
                "UPDATE pg_temp.sku SET available = ?, frozen = ?, sold = ? WHERE sku_id = ?")) {
            update.setLong(1, quantities.free());
            update.setLong(2, quantities.held());
            update.setLong(3, quantities.sold());
            update.setLong(4, skuId);
            update.executeUpdate();
        }
    }

    private void addEffect(long skuId, RedisStock.Mark mark, Step step) throws SQLException {
        try (PreparedStatement insert = courtroom
                .prepareStatement("INSERT INTO pg_temp.stock_effect VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, mark.gid());
            insert.setString(2, mark.branchId());
            insert.setString(3, step.operation.name());
            insert.setLong(4, skuId);
            insert.setLong(5, step.available * mark.pieces());
            insert.setLong(6, step.frozen * mark.pieces());
            insert.setLong(7, step.sold * mark.pieces());
            insert.executeUpdate();
        }
    }
}
