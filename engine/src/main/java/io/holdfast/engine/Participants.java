package io.holdfast.engine;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Payload;
import java.util.List;
import java.util.function.Consumer;

/** Port: calls to participants. */
public interface Participants {

    /**
     * Starts one call and returns at once. {@code whenDone} is called exactly once, on any thread, at the latest shortly
     * after the call's time-out; also for programming errors, as {@link Result.Unknown}.
     */
    void call(Call call, Consumer<Result> whenDone);

    /**
     * How many more calls it can make now; asked before each one, on the thread that calls. Whoever calls in spite of it gets
     * {@link Result.HandedBack}.
     */
    default int room() {
        return Integer.MAX_VALUE;
    }

    /**
     * Tells somebody whenever there is room where there was none. The last one counts.
     *
     * @param told called on any thread; returns at once
     */
    default void whenThereIsRoom(Runnable told) {
    }

    /**
     * One attempt at an obligation.
     *
     * @param branchId    as registered
     * @param url         where to; never empty
     * @param body        sent as it is
     * @param timeoutMillis bound on the whole call
     * @param traceparent W3C trace context of the transaction; empty for none
     * @param wire        the wire that the transaction came by: what a call looks like follows its customs
     * @param epoch       orders attempts over restarts and takeovers: boot number, dot, sequence
     */
    record Call(String gid, Mode mode, String branchId, Operation operation, String url, Payload body,
            List<Header> headers, int timeoutMillis, String traceparent, String wire, String epoch) {}

    /** How an attempt ended. */
    sealed interface Result {
        /** Done; {@code alreadyDone} if the participant said that an earlier call had done it. */
        record Success(boolean alreadyDone) implements Result {}

        /** A definite no. Meaningful for actions only; from any other operation it counts as unknown. */
        record Failure(String detail) implements Result {}

        /** Still at it: ask again after the fixed interval. */
        record Ongoing(String detail) implements Result {}

        /** Everything else: it may or may not have happened. */
        record Unknown(Trouble trouble, String detail) implements Result {}

        /** It was surely not sent, for a reason that has nothing to do with the participant: it goes to somebody else. */
        record HandedBack() implements Result {}
    }

    /** What went wrong with an unknown answer; the breaker listens to the first two. */
    enum Trouble {
        /** No connection: nothing was sent. */
        NOT_CONNECTED,
        /** No complete answer in time. */
        TIMED_OUT,
        /** The connection broke after the request had been sent. */
        CONNECTION_LOST,
        /** An answer that means neither success, failure nor ongoing: another status, a redirect, too large. */
        UNEXPECTED_ANSWER,
        /** The address may not be called. */
        NOT_ALLOWED,
        /** What is to be sent cannot be read from the store: nothing was sent. */
        NO_BODY,
        /** The worker that had it has not answered; nothing is known of the participant. */
        WORKER_LOST
    }
}
