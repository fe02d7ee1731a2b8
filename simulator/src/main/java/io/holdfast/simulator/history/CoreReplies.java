package io.holdfast.simulator.history;

import io.holdfast.api.ErrorCode;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.simulator.history.Response.Effect;
import org.jspecify.annotations.Nullable;

/**
 * Replies of the core as responses. An engine that ends without a reply leaves the outcome {@link Response.Unknown}. Whoever asks
 * through another interface reads its answers in the same way: what it does not say, the response leaves open. Stateless.
 */
public final class CoreReplies {

    private CoreReplies() {
    }

    /**
     * What a begin of {@code gid} was told.
     *
     * @throws IllegalArgumentException if this is no reply to a begin that leaves the engine
     */
    public static Response.ToBegin toBegin(String gid, Reply reply) {
        return switch (reply) {
            // Another gid has the business key. Nothing was begun, and of this gid nothing was said.
            case Reply.Done done when !done.transaction().gid().equals(gid) -> new Response.Refused(StateSet.ALL);
            case Reply.Done done -> done(done);
            case Reply.Refused refused -> refused(gid, refused);
            case Reply.LookAgain again -> throw foreign(reply);
            case Reply.Alive alive -> throw foreign(reply);
            case Reply.Noted noted -> throw foreign(reply);
        };
    }

    /**
     * What a decision about {@code gid} was told.
     *
     * @throws IllegalArgumentException if this is no reply to a decision
     */
    public static Response.ToDecide toDecide(String gid, Reply reply) {
        return switch (reply) {
            case Reply.Done done -> done(done);
            case Reply.Refused refused when refused.code() == ErrorCode.NOT_FOUND -> new Response.NotFound();
            case Reply.Refused refused when refused.code() == ErrorCode.DECISION_CONFLICT ->
                new Response.Conflict(states(gid, refused.transaction()));
            case Reply.Refused refused -> refused(gid, refused);
            case Reply.LookAgain again -> throw foreign(reply);
            case Reply.Alive alive -> throw foreign(reply);
            case Reply.Noted noted -> throw foreign(reply);
        };
    }

    /**
     * What an order to settle {@code gid} by hand was told.
     *
     * @throws IllegalArgumentException if this is no reply to an order
     */
    public static Response.ToSettle toSettle(String gid, Reply reply) {
        return switch (reply) {
            case Reply.Done done -> done(done);
            case Reply.Refused refused when refused.code() == ErrorCode.NOT_FOUND -> new Response.NotFound();
            case Reply.Refused refused -> refused(gid, refused);
            case Reply.LookAgain again -> throw foreign(reply);
            case Reply.Alive alive -> throw foreign(reply);
            case Reply.Noted noted -> throw foreign(reply);
        };
    }

    /**
     * What a query found.
     *
     * @param transaction null if there is none. That nobody answered is something else: {@link Response.Unknown}
     */
    public static Response.ToQuery toQuery(@Nullable Transaction transaction) {
        return transaction == null
                ? new Response.NotFound()
                : new Response.Saw(StateSet.of(GidState.of(transaction.state())));
    }

    private static Response.Done done(Reply.Done done) {
        return new Response.Done(StateSet.of(GidState.of(done.transaction().state())),
                done.changed() ? Effect.CHANGED : Effect.FOUND_DONE);
    }

    private static Response.Refused refused(String gid, Reply.Refused refused) {
        return new Response.Refused(states(gid, refused.transaction()));
    }

    private static StateSet states(String gid, @Nullable Transaction transaction) {
        return transaction == null || !transaction.gid().equals(gid)
                ? StateSet.ALL
                : StateSet.of(GidState.of(transaction.state()));
    }

    private static IllegalArgumentException foreign(Reply reply) {
        return new IllegalArgumentException("no reply to this request: " + reply);
    }
}
