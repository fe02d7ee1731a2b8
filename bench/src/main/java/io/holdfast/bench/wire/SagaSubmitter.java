package io.holdfast.bench.wire;

import java.io.Closeable;
import java.io.IOException;

/** How a Saga is handed to the server: one wire, one caller. */
public interface SagaSubmitter extends Closeable {

    /** Returns when the Saga has ended well. */
    void submitAndWait(String gid) throws IOException;
}
