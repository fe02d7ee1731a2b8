package io.holdfast.engine;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the wires see of a running engine. Thread-safe. Futures complete on an engine thread: do not block in their callbacks.
 */
public interface Coordinator {

    /**
     * Logs and applies a command.
     *
     * @return the reply, once it is durable. Completes with {@link EngineUnavailable} if the engine stops or fails first: the
     *         outcome is then unknown, and asking again with the same id tells it
     */
    CompletableFuture<Reply> submit(Command command);

    /** A new id, never issued before by this store. */
    String newGid();

    /**
     * One transaction with the diagnostics of what is owed; null if unknown. Sees only what is durable. Like every query it fails
     * with {@link Overloaded} if too many wait.
     */
    CompletableFuture<@Nullable TransactionView> find(String gid);

    /** Transactions: those the core knows in order of creation, then those in the archive in order of finishing. Sees only what is durable. */
    CompletableFuture<Page> list(ListQuery query);

    /**
     * Tells {@code watcher} of one transaction: its present state, then each state that an entry leaves it in, until it is
     * finished or nobody wants to know. Every one of them is durable. Not called for a transaction that is not known.
     *
     * @param watcher called on an engine thread, which it must not hold up
     * @return completes with what ends it; exceptionally if the engine stops first; with null if the transaction is unknown
     */
    CompletableFuture<@Nullable Watch> watch(String gid, Consumer<Transaction> watcher);

    /** Somebody is told of the changes of one transaction. */
    interface Watch {
        /** Ends it; harmless if it has ended. Thread-safe. */
        void end();
    }

    /** Completes with the transaction when it is finished; null at once if it is unknown. Callers bound their wait. */
    CompletableFuture<@Nullable Transaction> whenFinished(String gid);

    /**
     * @param transaction the durable state
     * @param calls       what is owed right now
     * @param bodies      payloads by branch index; an empty array where there is none or it was dropped already
     * @param nowMillis   logical time
     * @param unreadable  why the bodies cannot be read; empty if they can
     */
    record TransactionView(Transaction transaction, List<PendingCall> calls, List<byte[]> bodies, long nowMillis,
            String unreadable) {

        public TransactionView(Transaction transaction, List<PendingCall> calls, List<byte[]> bodies, long nowMillis) {
            this(transaction, calls, bodies, nowMillis, "");
        }

        /**
         * The bodies, for whoever shows them: one that cannot be read must not look like one that is empty.
         *
         * @throws EngineUnavailable if they cannot be read
         */
        @Override
        public List<byte[]> bodies() {
            if (!unreadable.isEmpty()) {
                throw new EngineUnavailable(unreadable);
            }
            return bodies;
        }

        /** Nothing is owed, and its bodies are gone. */
        static TransactionView ofFinished(Transaction transaction, long nowMillis) {
            return new TransactionView(transaction, List.of(), noBodies(transaction), nowMillis);
        }

        static List<byte[]> noBodies(Transaction transaction) {
            return Collections.nCopies(transaction.branches().size(), new byte[0]);
        }
    }

    /**
     * Diagnostics of one owed call: volatile, gone with the process.
     *
     * @param attempts             made since this process started
     * @param lastError            in words; empty if there was none
     * @param lastAttemptAgoMillis since the last attempt began; -1 if there was none
     * @param nextAttemptInMillis  0 if it is in flight or due
     * @param inFlight             whether a call is under way
     * @param waitsForRoom         whether it is due and nobody has a free slot for it
     */
    record PendingCall(int branchIndex, String operation, int attempts, String lastError, long lastAttemptAgoMillis,
            long nextAttemptInMillis, boolean inFlight, boolean waitsForRoom) {

        /** One that has room. */
        public PendingCall(int branchIndex, String operation, int attempts, String lastError, long lastAttemptAgoMillis,
                long nextAttemptInMillis, boolean inFlight) {
            this(branchIndex, operation, attempts, lastError, lastAttemptAgoMillis, nextAttemptInMillis, inFlight,
                    false);
        }
    }

    /**
     * A filter; null or 0 means any.
     *
     * @param states     empty for any
     * @param businessKey at most one transaction has it, so a page of these has no next one
     * @param cursor     {@link Page#nextCursor} of the page before; empty for the first
     * @param limit      1 to 1000
     */
    record ListQuery(List<State> states, @Nullable Mode mode, String businessKey, long createdFromWallMillis,
            long createdToWallMillis, @Nullable Boolean needsAttention, @Nullable Boolean paused, String cursor,
            int limit) {

        /** Whatever the flags. */
        public ListQuery(List<State> states, @Nullable Mode mode, String businessKey, long createdFromWallMillis,
                long createdToWallMillis, String cursor, int limit) {
            this(states, mode, businessKey, createdFromWallMillis, createdToWallMillis, null, null, cursor, limit);
        }
    }

    /** One page; {@code nextCursor} is empty at the end. */
    record Page(List<Transaction> transactions, String nextCursor) {}

    /** The engine is stopping or has failed. What was asked may or may not have happened. */
    final class EngineUnavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public EngineUnavailable(String message) {
            super(message);
        }
    }

    /** Too many queries wait. Nothing was done: ask again later. */
    final class Overloaded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Overloaded(String message) {
            super(message);
        }
    }
}
