package io.holdfast.conformance.dtmcli;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import pub.dtm.client.DtmClient;

/** A packaged server, participants behind our fence on a database of their own, and the client, pointed at the server. */
final class Scene implements AutoCloseable {

    private final HoldfastProcess server;
    private final Accounts accounts;
    private final Participants participants;
    private final DtmQueries queries;
    private final DtmClient client;

    private Scene(HoldfastProcess server, Accounts accounts, Participants participants) {
        this.server = server;
        this.accounts = accounts;
        this.participants = participants;
        this.queries = new DtmQueries(server);
        this.client = new DtmClient(server.address());
    }

    /** @param database lower-case letters; nobody else's */
    static Scene start(Path directory, String database) throws IOException, SQLException {
        DataSource source = Postgres.createDatabase(database);
        return start(directory, Accounts.createIn(source), new FencedBranches(source));
    }

    static Scene start(Path directory, Accounts accounts, BranchGuard guard) throws IOException {
        return new Scene(HoldfastProcess.start(directory), accounts, Participants.start(accounts, guard));
    }

    /** A gid of the caller's own making. */
    static String newGid() {
        return "own-" + UUID.randomUUID();
    }

    HoldfastProcess server() {
        return server;
    }

    Accounts accounts() {
        return accounts;
    }

    Participants participants() {
        return participants;
    }

    DtmQueries queries() {
        return queries;
    }

    DtmClient client() {
        return client;
    }

    @Override
    public void close() throws InterruptedException {
        queries.close();
        server.close();
        participants.close();
    }
}
