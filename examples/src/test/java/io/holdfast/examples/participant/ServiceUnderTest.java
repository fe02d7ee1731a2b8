package io.holdfast.examples.participant;

import io.holdfast.examples.fault.FaultPlan;
import io.holdfast.fence.Dialect;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** A participant on its own database, called over HTTP as a coordinator would. */
public final class ServiceUnderTest implements AutoCloseable {
    private final PGSimpleDataSource database = new PGSimpleDataSource();
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ParticipantServer server;

    /** @param plan null for no faults */
    public ServiceUnderTest(String jdbcUrl, List<Route> routes, @Nullable FaultPlan plan) throws SQLException {
        database.setUrl(jdbcUrl);
        server = ParticipantServer.start(BranchFence.in(database, Dialect.POSTGRESQL), routes, plan);
    }

    /** Calls an operation of a branch and returns the status. */
    public int call(String path, String operation, String gid, OrderTicket ticket)
            throws IOException, InterruptedException {
        return http.send(request(path, operation, gid, ticket), HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    /** What the service counts about a fault, as JSON text of all faults. */
    public String faults() throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(url("/faults")).build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    /** The one number that a query gives. */
    public long number(String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() {
        server.close();
        http.close();
    }

    private HttpRequest request(String path, String operation, String gid, OrderTicket ticket) {
        return HttpRequest
                .newBuilder(url(path + "?gid=" + gid + "&trans_type=tcc&branch_id=01&op=" + operation))
                .POST(HttpRequest.BodyPublishers.ofString(ticket.toJson())).build();
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
