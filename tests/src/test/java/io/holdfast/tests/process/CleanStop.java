package io.holdfast.tests.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Looks whether the log of a server that has ended bears the mark of a clean stop. For logs of one segment. */
final class CleanStop {

    /** Of the log's format, which is fixed for ever. */
    private static final int BLOCK_BYTES = 4_096;
    private static final int TYPE_IN_BLOCK = 36;
    private static final int CLOSED = 2;

    private CleanStop() {
    }

    static boolean isMarked(Path data) throws IOException {
        return typeOfTheLastFrame(data.resolve("log/log-000.seg")) == CLOSED;
    }

    /** Every block in use begins with a stamp, and none of the others ever did: the file was filled with zeros. */
    private static int typeOfTheLastFrame(Path segment) throws IOException {
        try (FileChannel file = FileChannel.open(segment)) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
            int type = 0;
            for (long at = BLOCK_BYTES; at < file.size(); at += BLOCK_BYTES) {
                file.read(block.clear(), at);
                if (block.getLong(0) == 0) {
                    break;
                }
                type = block.getInt(TYPE_IN_BLOCK);
            }
            return type;
        }
    }
}
