package io.holdfast.examples.process;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** One PostgreSQL server for all tests of this virtual machine; every test class takes a database of its own. */
public final class TestDatabase {
    private static @Nullable EmbeddedDatabase server;

    private TestDatabase() {
    }

    /** Creates an empty database and returns its JDBC URL. */
    public static synchronized String create(String name) throws IOException, SQLException, MissingMeansException {
        EmbeddedDatabase running = server;
        if (running == null) {
            WorkDirectory directory = WorkDirectory.create();
            Runtime.getRuntime().addShutdownHook(new Thread(directory::close));
            running = EmbeddedDatabase.start(directory);
            server = running;
        }
        running.createDatabase(name);
        return running.url(name);
    }
}
