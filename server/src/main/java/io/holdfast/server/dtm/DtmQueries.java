package io.holdfast.server.dtm;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.QueryParams;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.engine.Coordinator.Page;
import io.holdfast.server.http.Answers;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The reading half of the wire. Answers are put together on an executor, because the engine completes its futures on the thread
 * of the core, which must not be kept from its work, and they are bounded, because what is stored is not.
 */
final class DtmQueries {

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;
    /** Of URLs, custom data and headers in one page; it takes several times as much while it is written. */
    private static final int MAX_PAGE_CHARS = 4 << 20;
    private static final Set<String> TYPES_NOT_RUN = Set.of("msg", "xa", "workflow");

    private DtmQueries() {
    }

    static CompletableFuture<AggregatedHttpResponse> query(Coordinator coordinator, QueryParams parameters,
            Executor executor) {
        String gid = DtmIds.stripped(parameters.get("gid", ""));
        if (gid.isEmpty()) {
            return CompletableFuture.completedFuture(DtmAnswers.error("no gid specified"));
        }
        return coordinator.find(gid).thenApplyAsync(view -> {
            ObjectNode body = Answers.object();
            body.set("transaction", view == null ? null : DtmTransactionJson.of(view.transaction(), view.calls()));
            body.set("branches", view == null ? Answers.JSON.createArrayNode() : DtmBranchJson.rows(view));
            return DtmAnswers.ok(body);
        }, executor);
    }

    static CompletableFuture<AggregatedHttpResponse> all(Coordinator coordinator, QueryParams parameters,
            Executor executor) throws DtmProblem {
        String gid = DtmIds.stripped(parameters.get("gid", ""));
        if (!gid.isEmpty()) {
            return coordinator.find(gid).thenApplyAsync(
                    view -> page(view == null ? null : List.of(view.transaction()), ""), executor);
        }
        if (TYPES_NOT_RUN.contains(parameters.get("transType", ""))) {
            return CompletableFuture.completedFuture(page(List.of(), ""));
        }
        return list(coordinator, listQuery(parameters), executor);
    }

    /** A page that would be too large is asked for again, shorter, so that its cursor fits what it shows. */
    private static CompletableFuture<AggregatedHttpResponse> list(Coordinator coordinator, ListQuery query,
            Executor executor) {
        return coordinator.list(query).thenComposeAsync(page -> {
            int fitting = fitting(page.transactions());
            return fitting == page.transactions().size()
                    ? CompletableFuture.completedFuture(page(page))
                    : list(coordinator, new ListQuery(query.states(), query.mode(), query.businessKey(),
                            query.createdFromWallMillis(), query.createdToWallMillis(), query.cursor(), fitting),
                            executor);
        }, executor);
    }

    /** How many fit into one page: one at least. */
    private static int fitting(List<Transaction> transactions) {
        long chars = 0;
        for (int i = 0; i < transactions.size(); i++) {
            chars += DtmTransactionJson.chars(transactions.get(i));
            if (chars > MAX_PAGE_CHARS && i > 0) {
                return i;
            }
        }
        return transactions.size();
    }

    private static ListQuery listQuery(QueryParams parameters) throws DtmProblem {
        String status = parameters.get("status", "");
        List<State> states = status.isEmpty() ? List.of() : DtmStatus.states(status);
        if (states.isEmpty() && !status.isEmpty()) {
            throw DtmProblem.field("status", status, "prepared, submitted, aborting, succeed, failed");
        }
        return new ListQuery(states, mode(parameters.get("transType", "")), "",
                number(parameters, "createTimeStart", 0, 0, Long.MAX_VALUE),
                number(parameters, "createTimeEnd", 0, 0, Long.MAX_VALUE), parameters.get("position", ""),
                (int) number(parameters, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT));
    }

    private static @Nullable Mode mode(String transType) throws DtmProblem {
        return switch (transType) {
            case "" -> null;
            case "tcc" -> Mode.TCC;
            case "saga" -> Mode.SAGA;
            default -> throw DtmProblem.field("transType", transType, "tcc, saga, msg, xa, workflow");
        };
    }

    private static long number(QueryParams parameters, String name, long defaultValue, long least, long most)
            throws DtmProblem {
        String text = parameters.get(name, "");
        if (text.isEmpty()) {
            return defaultValue;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, in the same words as a number out of range.
        }
        throw DtmProblem.field(name, text, "a whole number from " + least + " to " + most);
    }

    private static AggregatedHttpResponse page(Page page) {
        return page(page.transactions(), page.nextCursor());
    }

    private static AggregatedHttpResponse page(@Nullable List<Transaction> transactions, String next) {
        ObjectNode body = Answers.object();
        if (transactions == null) {
            body.putNull("transactions");
        } else {
            ArrayNode list = body.putArray("transactions");
            transactions.forEach(transaction -> list.add(DtmTransactionJson.of(transaction, List.of())));
        }
        return DtmAnswers.ok(body.put("next_position", next));
    }
}
