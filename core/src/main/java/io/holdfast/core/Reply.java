package io.holdfast.core;

import io.holdfast.api.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a command. It may leave the process only after the entry is durable, which holds for all applied ones. */
public sealed interface Reply {

    /**
     * The command holds, now or since earlier.
     *
     * @param transaction the state after it
     * @param changed     {@code false} if the command found that its work had been done before
     */
    record Done(Transaction transaction, boolean changed) implements Reply {}

    /** A command about the node itself took effect. */
    record Noted() implements Reply {}

    /**
     * Heartbeats were taken.
     *
     * @param ignored gids that are not known or not undecided any more, or that no caller drives
     */
    record Alive(int noted, List<String> ignored) implements Reply {
        public Alive {
            ignored = List.copyOf(ignored);
        }
    }

    /** A begin came with too old a look at the archive: look again, as of now. Changed nothing; never leaves the engine. */
    record LookAgain() implements Reply {}

    /**
     * The command was refused and changed nothing.
     *
     * @param transaction the state that stood in the way; null if there is no such transaction
     */
    record Refused(ErrorCode code, String message, @Nullable Transaction transaction) implements Reply {}

    static Reply refused(ErrorCode code, String message, @Nullable Transaction transaction) {
        return new Refused(code, message, transaction);
    }

    static Reply notFound(String gid) {
        return refused(ErrorCode.NOT_FOUND, "no transaction with gid " + gid, null);
    }
}
