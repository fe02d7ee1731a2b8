package io.holdfast.bench.wire;

import java.io.IOException;

/** How a Saga is handed to the server: one wire, one caller. */
public interface SagaSubmitter extends AutoCloseable {

    /** Returns when the Saga has ended well. */
    void submitAndWait(String gid) throws IOException;

    @Override
    void close() throws IOException;
}
