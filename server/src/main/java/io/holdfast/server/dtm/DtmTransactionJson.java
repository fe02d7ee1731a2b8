package io.holdfast.server.dtm;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Branch;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.PendingCall;
import io.holdfast.server.http.Answers;
import io.holdfast.server.nativeapi.Secrets;
import java.time.Instant;
import java.util.List;

/** A transaction as dtm shows it: empty fields left out, the options once more as a JSON text. */
final class DtmTransactionJson {

    private DtmTransactionJson() {
    }

    static ObjectNode of(Transaction transaction, List<PendingCall> calls) {
        State state = transaction.state();
        ObjectNode json = Answers.object().put("id", transaction.terms().createdSequence())
                .put("create_time", time(transaction.terms().createdWallMillis()))
                .put("update_time", time(transaction.updatedWallMillis())).put("gid", transaction.gid())
                .put("trans_type", transType(transaction.mode())).put("status", DtmStatus.of(state))
                .put("protocol", "http");
        if (transaction.mode() == Mode.SAGA) {
            json.set("steps", steps(transaction.branches()));
        }
        if (transaction.finishedWallMillis() != 0) {
            json.put(state == State.CONFIRMED ? "finish_time" : "rollback_time",
                    time(transaction.finishedWallMillis()));
        }
        putText(json, "rollback_reason", transaction.reason());
        putText(json, "custom_data", transaction.terms().attributes().customData());
        ObjectNode options = options(transaction);
        json.put("options", options.toString());
        json.setAll(options);
        calls.stream().mapToLong(PendingCall::nextAttemptInMillis).min()
                .ifPresent(millis -> json.put("next_cron_time", time(System.currentTimeMillis() + millis)));
        return json;
    }

    /** About how many characters it takes, as far as callers choose them. */
    static long chars(Transaction transaction) {
        Attributes attributes = transaction.terms().attributes();
        long chars = attributes.customData().length();
        for (Header header : attributes.headers()) {
            chars += header.name().length() + header.value().length();
        }
        for (Branch branch : transaction.branches()) {
            chars += branch.forwardUrl().length() + branch.backwardUrl().length();
        }
        return chars;
    }

    private static ObjectNode options(Transaction transaction) {
        ObjectNode options = Answers.object();
        if (transaction.terms().attributes().waitResult()) {
            options.put("wait_result", true);
        }
        putSeconds(options, "timeout_to_fail", transaction.terms().deadlineMillis());
        putSeconds(options, "request_timeout", transaction.terms().policy().requestTimeoutMillis());
        putSeconds(options, "retry_interval", transaction.terms().policy().retryBaseMillis());
        List<Header> headers = transaction.terms().attributes().headers();
        if (!headers.isEmpty()) {
            ObjectNode shown = options.putObject("branch_headers");
            headers.forEach(header -> shown.put(header.name(), Secrets.shown(header)));
        }
        if (transaction.terms().policy().retryLimit() > 0) {
            options.put("retry_limit", transaction.terms().policy().retryLimit());
        }
        return options.put("concurrent", transaction.terms().order().concurrent());
    }

    private static ArrayNode steps(List<Branch> branches) {
        ArrayNode steps = Answers.JSON.createArrayNode();
        for (Branch branch : branches) {
            steps.addObject().put("action", branch.forwardUrl()).put("compensate", branch.backwardUrl());
        }
        return steps;
    }

    static String transType(Mode mode) {
        return switch (mode) {
            case TCC -> "tcc";
            case SAGA -> "saga";
        };
    }

    static String time(long wallMillis) {
        return Instant.ofEpochMilli(wallMillis).toString();
    }

    /** Whole seconds as dtm counts them; a fraction, which only the native wire can set, is rounded up. */
    private static void putSeconds(ObjectNode json, String name, long millis) {
        if (millis > 0) {
            json.put(name, (millis + 999) / 1_000);
        }
    }

    private static void putText(ObjectNode json, String name, String text) {
        if (!text.isEmpty()) {
            json.put(name, text);
        }
    }
}
