package io.holdfast.bench.wire;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One connection for each caller. */
public final class PerCaller<T extends Closeable> implements Closeable {

    private final List<T> connections = new ArrayList<>();

    /** Opens one. */
    public interface Opener<T> {
        T open() throws IOException;
    }

    public PerCaller(int callers, Opener<T> opener) throws IOException {
        try {
            for (int i = 0; i < callers; i++) {
                connections.add(opener.open());
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    public T of(int caller) {
        return connections.get(caller);
    }

    @Override
    public void close() throws IOException {
        for (T connection : connections) {
            connection.close();
        }
    }
}
