package io.holdfast.conformance.dtmcli;

import io.holdfast.fence.BranchCall;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import pub.dtm.client.barrier.BranchBarrier;

/** Branches behind the client's own barrier, as its users have it: MySQL or MariaDB alone, with dtm's table. */
final class BarrierBranches implements BranchGuard {

    private final DataSource database;

    BarrierBranches(DataSource database) throws SQLException {
        this.database = database;
        try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("create table barrier (id bigint auto_increment primary key, trans_type varchar(45),"
                    + " gid varchar(128), branch_id varchar(128), op varchar(45), barrier_id varchar(45),"
                    + " reason varchar(45), create_time datetime default now(), update_time datetime default now(),"
                    + " unique key (gid, branch_id, op, barrier_id))");
        }
    }

    @Override
    public Answer call(String rawQuery, Business business) throws Exception {
        BranchCall call = BranchCall.fromQuery(rawQuery);
        BranchBarrier barrier = new BranchBarrier(servletParameters(rawQuery));
        try (Connection connection = database.getConnection()) {
            barrier.call(connection, ignored -> business.run(connection, call.operation()));
        }
        return new Answer(200, "{\"dtm_result\":\"SUCCESS\"}");
    }

    /** As a servlet would hand them over. */
    private static Map<String, String[]> servletParameters(String rawQuery) {
        Map<String, String[]> parameters = new HashMap<>();
        for (String pair : rawQuery.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            parameters.put(parts[0], new String[]{URLDecoder.decode(parts[1], StandardCharsets.UTF_8)});
        }
        return parameters;
    }
}
