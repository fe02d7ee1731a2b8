package io.holdfast.tests.damage;

import io.holdfast.engine.Coordinator.EngineUnavailable;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.engine.Coordinator.Page;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an engine on a directory says and does: state, each transaction with its bodies, the list of all, the calls
 * that it owes, and how all ends once participants answer.
 *
 * @param stateHash right after the start
 * @param said      by question; an answer in words
 * @param errors    by question: why there is no answer
 * @param stopped   why the engine stopped by itself; empty if it did not
 * @param cutBytes  cut off at the start
 */
record Answers(String stateHash, Map<String, String> said, Map<String, String> errors, String stopped,
        long cutBytes) {

    private static final int PAGE = 100;
    /** Within it everything that is owed is asked for again. */
    private static final long PATIENCE_MILLIS = 30_000;

    /** Why a question was not answered as it should be: its own error, or what else is said about its gid. */
    String errorFor(String question) {
        String gid = question.substring(question.indexOf(' ') + 1);
        return errors.getOrDefault(question, "") + errors.getOrDefault("in-the-end " + gid, "")
                + said.getOrDefault("in-the-end " + gid, "");
    }

    /**
     * Starts an engine, asks it everything and lets it finish what it owes.
     *
     * @throws StorageException if it refuses to start, or to close
     */
    static Answers of(Path data, List<String> gids) throws StorageException {
        Asking asking = new Asking();
        try (Node node = new Node(data, disk -> disk, 0, asking::answer)) {
            node.recover();
            String hash = node.engine().core().stateHash();
            asking.ask(node, "at-first", gids, Asking::text);
            asking.list(node);
            asking.mayEnd = true;
            node.run(PATIENCE_MILLIS);
            asking.ask(node, "in-the-end", gids, Asking::end);
            asking.called.forEach((gid, calls) -> asking.said.put("called " + gid, calls.toString()));
            StorageException failure = node.failure();
            return new Answers(hash, asking.said, asking.errors, failure == null ? "" : failure.toString(),
                    node.cutBytes());
        }
    }

    private static final class Asking {

        private final Map<String, String> said = new TreeMap<>();
        private final Map<String, String> errors = new HashMap<>();
        private final Map<String, Set<String>> called = new HashMap<>();
        private boolean mayEnd;

        Result answer(Call call) {
            if (!mayEnd) {
                return new Result.Ongoing("wait");
            }
            // In any order: one body that cannot be read moves the others in time.
            called.computeIfAbsent(call.gid(), gid -> new TreeSet<>())
                    .add(call.branchId() + " " + call.operation() + " "
                            + call.url() + " " + digest(call.body().bytes()));
            return new Result.Success(false);
        }

        void ask(Node node, String when, List<String> gids, Function<TransactionView, String> words) {
            Map<String, CompletableFuture<@Nullable TransactionView>> found = new LinkedHashMap<>();
            gids.forEach(gid -> found.put(gid, node.engine().find(gid)));
            node.settle();
            found.forEach(
                    (gid, view) -> put(when + " " + gid, view, one -> one == null ? "unknown" : words.apply(one)));
        }

        void list(Node node) {
            List<String> listed = new ArrayList<>();
            String cursor = "";
            do {
                CompletableFuture<Page> page = node.engine()
                        .list(new ListQuery(List.of(), null, "", 0, 0, cursor, PAGE));
                node.settle();
                put("list", page, some -> {
                    some.transactions().forEach(one -> listed.add(one.toString()));
                    return listed.toString();
                });
                cursor = page.isCompletedExceptionally() ? "" : page.join().nextCursor();
            } while (!cursor.isEmpty());
        }

        private interface Words<T extends @Nullable Object> {
            String of(T answer);
        }

        private <T extends @Nullable Object> void put(String question, CompletableFuture<T> answer, Words<T> words) {
            try {
                said.put(question, answer.isDone() ? words.of(answer.join()) : "no answer");
            } catch (CompletionException e) {
                fail(question, String.valueOf(e.getCause()));
            } catch (EngineUnavailable e) {
                // What was found may still not tell everything.
                fail(question, e.toString());
            }
        }

        private void fail(String question, String why) {
            said.remove(question);
            errors.put(question, why);
        }

        private static String text(TransactionView view) {
            StringBuilder text = new StringBuilder(view.transaction().toString());
            view.bodies().forEach(body -> text.append(' ').append(digest(body)));
            return text.toString();
        }

        /** How it has ended, or what keeps it from that. */
        private static String end(TransactionView view) {
            StringBuilder text = new StringBuilder(view.transaction().state().name());
            view.calls().forEach(call -> text.append("\n").append(call.branchIndex()).append(call.operation())
                    .append(' ').append(call.lastError()));
            return text.toString();
        }

        private static String digest(byte[] body) {
            return body.length + ":" + Integer.toHexString(Arrays.hashCode(body));
        }
    }
}
