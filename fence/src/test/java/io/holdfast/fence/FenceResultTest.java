package io.holdfast.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FenceResultTest {

    @ParameterizedTest
    @EnumSource(FenceResult.class)
    void theBodySaysToACoordinatorWhatTheStatusSays(FenceResult result) {
        String body = result.body();
        assertThat(body).startsWith("{").endsWith("}").doesNotContain("ONGOING");
        assertThat(body.contains("SUCCESS")).isEqualTo(result.isSuccess());
        assertThat(body.contains("FAILURE")).isEqualTo(result.httpStatus() == 409);
        assertThat(result.isSuccess()).isEqualTo(result.httpStatus() == 200);
    }

    @Test
    void onlyALateTryOrActionIsADefiniteFailure() {
        assertThat(FenceResult.REFUSED.httpStatus()).isEqualTo(409);
        assertThat(FenceResult.NOT_TRIED.httpStatus()).isEqualTo(500);
        assertThat(FenceResult.CONFLICT.httpStatus()).isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Fence", "fence; drop table x", "1fence", "a.b.c", "fence ", "fence-1",
            "a234567890123456789012345678901234567890123456789"})
    void aTableNameThatIsNotANameIsRefused(String table) {
        assertThatThrownBy(() -> JdbcFence.on(Dialect.MARIADB, table)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("allowed: [a-z_]");
    }

    @Test
    void aTableMayHaveASchema() {
        assertThat(JdbcFence.on(Dialect.POSTGRESQL, "stock.fence").createTableSql())
                .anyMatch(sql -> sql.contains("stock.fence ("))
                .anyMatch(sql -> sql.contains("fence_by_age on stock.fence"));
        assertThat(JdbcFence.on(Dialect.MARIADB, "stock.fence").createTableSql())
                .anyMatch(sql -> sql.contains("key fence_by_age"));
    }

    @Test
    void beingInTheWayOfAnotherTransactionIsRetryableAndNothingElse() {
        assertThat(JdbcFence.isRetryable(new SQLException("serialization", "40001"))).isTrue();
        assertThat(JdbcFence.isRetryable(new SQLException("deadlock", "40P01"))).isTrue();
        assertThat(JdbcFence.isRetryable(new SQLException("lock wait", "HY000", 1205))).isTrue();
        assertThat(JdbcFence.isRetryable(new SQLException("record changed", "HY000", 1020))).isTrue();
        assertThat(JdbcFence.isRetryable(new SQLException("duplicate", "23505"))).isFalse();
        assertThat(JdbcFence.isRetryable(new SQLException("no state"))).isFalse();
    }
}
