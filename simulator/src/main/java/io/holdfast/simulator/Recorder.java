package io.holdfast.simulator;

import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.simulator.history.CoreReplies;
import io.holdfast.simulator.history.Exchange;
import io.holdfast.simulator.history.History;
import io.holdfast.simulator.history.LinearizabilityChecker;
import io.holdfast.simulator.history.Request;
import io.holdfast.simulator.history.Response;
import io.holdfast.simulator.history.Verdict;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what nodes were asked and what they answered, from the arrival of the request at a node until its answer leaves, and
 * judges it at the end. Time is counted in events, which is sharper than a clock that stands still for many of them.
 */
final class Recorder {

    private final History history = new History();
    private long events;

    /** A command has arrived at a node; what is returned takes the reply. */
    Consumer<Reply> sent(Command command) {
        return switch (command) {
            case Command.Begin begin -> {
                Exchange<Response.ToBegin> exchange = invoke(begin.gid(), new Request.Begin(begin.mode()));
                yield reply -> complete(exchange, CoreReplies.toBegin(begin.gid(), reply));
            }
            case Command.Decide decide -> {
                Exchange<Response.ToDecide> exchange = invoke(decide.gid(), new Request.Decide(decide.decision()));
                yield reply -> complete(exchange, CoreReplies.toDecide(decide.gid(), reply));
            }
            case Command.Operate order when order.action() == Command.OperatorAction.SETTLE -> {
                Exchange<Response.ToSettle> exchange = invoke(order.gid(), new Request.Settle());
                yield reply -> complete(exchange, CoreReplies.toSettle(order.gid(), reply));
            }
            // Nothing that the object of a history knows.
            case Command.Operate order -> reply -> {
            };
            case Command.Register register -> reply -> {
            };
            case Command.Answered answered -> reply -> {
            };
            case Command.AttemptFailed failed -> reply -> {
            };
            case Command.ErrorNoted noted -> reply -> {
            };
            case Command.AttentionNeeded needed -> reply -> {
            };
            case Command.Heartbeat beat -> reply -> {
            };
            case Command.Boot boot -> reply -> {
            };
            case Command.Activate activate -> reply -> {
            };
        };
    }

    /** Somebody asks a node for a transaction; what is returned takes what was found. */
    Consumer<@Nullable Transaction> asked(String gid) {
        Exchange<Response.ToQuery> exchange = invoke(gid, new Request.Query());
        return found -> complete(exchange, CoreReplies.toQuery(found));
    }

    private <R extends Response> Exchange<R> invoke(String gid, Request<R> request) {
        return history.invoke(gid, request, ++events);
    }

    private <R extends Response> void complete(Exchange<R> exchange, R response) {
        history.complete(exchange, response, ++events);
    }

    void judge() {
        switch (new LinearizabilityChecker().check(history)) {
            case Verdict.Ok ok -> {
            }
            case Verdict.Illegal illegal ->
                throw new Violation("G7 no order of the requests explains the answers about "
                        + illegal.gid() + System.lineSeparator() + illegal.explanation());
            case Verdict.TooBig tooBig ->
                throw new Violation("the history of " + tooBig.gid() + " is too big to judge: "
                        + tooBig.requests() + " requests");
        }
    }
}
