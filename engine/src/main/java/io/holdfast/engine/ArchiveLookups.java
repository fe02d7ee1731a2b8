package io.holdfast.engine;

import io.holdfast.api.ErrorCode;
import io.holdfast.core.ArchiveAnswers;
import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import java.util.concurrent.CompletableFuture;

/** Answers about transactions that have finished and left the core: what it would have said, from the archive. Thread-safe. */
final class ArchiveLookups {

    private final StoreOwner store;
    private final Proposer proposer;

    ArchiveLookups(StoreOwner store, Proposer proposer) {
        this.store = store;
        this.proposer = proposer;
    }

    /** Begins what the archive does not hold, and says how far it has looked. */
    void begin(Command.Begin begin, CompletableFuture<Reply> reply) {
        if (store.hasTooManyQuestions()) {
            reply.complete(new Reply.Refused(ErrorCode.OVERLOADED,
                    "too many look-ups of ids in the archive are waiting: begin later", null));
            return;
        }
        // Taken before the question is put: the store has been told of all that finished up to there.
        long lookedAt = proposer.appliedSequence();
        var unused = store.find(begin.gid(), begin.attributes().businessKey()).whenComplete((found, error) -> {
            if (error != null) {
                reply.completeExceptionally(error);
            } else if (found != null) {
                reply.complete(ArchiveAnswers.to(begin, found.transaction()));
            } else {
                proposer.submit(begin.withLookedAt(lookedAt), reply);
            }
        });
    }

    /** The core does not know the transaction; {@code otherwise} is the answer if the archive does not either. */
    void unknown(Command command, Reply otherwise, CompletableFuture<Reply> reply) {
        var unused = store.find(gidOf(command)).whenComplete((found, error) -> {
            if (error != null) {
                reply.completeExceptionally(error);
            } else {
                reply.complete(found == null ? otherwise : ArchiveAnswers.to(command, found.transaction()));
            }
        });
    }

    private static String gidOf(Command command) {
        return switch (command) {
            case Command.Begin begin -> begin.gid();
            case Command.Register register -> register.gid();
            case Command.Decide decide -> decide.gid();
            case Command.Answered answered -> answered.gid();
            case Command.AttemptFailed failed -> failed.gid();
            case Command.ErrorNoted noted -> noted.gid();
            case Command.AttentionNeeded needed -> needed.gid();
            case Command.Operate operate -> operate.gid();
            case Command.Heartbeat beat -> throw new IllegalArgumentException("it is about many transactions");
            case Command.Boot boot -> throw new IllegalArgumentException("a boot is about no transaction");
            case Command.Activate activate -> throw new IllegalArgumentException("it is about no transaction");
        };
    }
}
