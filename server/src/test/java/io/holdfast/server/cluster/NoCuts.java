package io.holdfast.server.cluster;

import java.io.IOException;

/** A node that has no cut for others. */
final class NoCuts implements CutSource {

    @Override
    public OfferedCut take(boolean withMark) throws IOException {
        throw new IOException("none in this test");
    }

    @Override
    public void drop() {
    }
}
