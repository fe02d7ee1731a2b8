package io.holdfast.server.testing;

import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes down what it is told and answers what it was told to. Thread-safe. */
public final class RecordingCoordinator implements Coordinator {

    private final List<Command> commands = new CopyOnWriteArrayList<>();
    private final List<ListQuery> listQueries = new CopyOnWriteArrayList<>();
    private final Map<String, TransactionView> views = new ConcurrentHashMap<>();
    private final List<Consumer<Transaction>> watchers = new CopyOnWriteArrayList<>();
    private final AtomicInteger gids = new AtomicInteger();
    private volatile Function<Command, CompletableFuture<Reply>> answer = command -> CompletableFuture
            .failedFuture(new EngineUnavailable("no answer was prepared for " + command));
    private volatile CompletableFuture<@Nullable Transaction> end = new CompletableFuture<>();
    private volatile @Nullable RuntimeException queryFailure;
    private volatile Function<ListQuery, Page> pages = query -> new Page(List.of(), "");

    /** Every command is answered so. */
    public void answers(Reply reply) {
        answer = command -> CompletableFuture.completedFuture(reply);
    }

    /** Each command is answered by itself. */
    public void answersEach(Function<Command, Reply> each) {
        answer = command -> CompletableFuture.completedFuture(each.apply(command));
    }

    public void answersLater(CompletableFuture<Reply> reply) {
        answer = command -> reply;
    }

    public void knows(TransactionView view) {
        views.put(view.transaction().gid(), view);
    }

    public void knows(Transaction transaction) {
        knows(new TransactionView(transaction, List.of(), List.of(), 0));
    }

    /** Every query fails so. */
    public void queriesFail(RuntimeException failure) {
        queryFailure = failure;
    }

    public void lists(Page answer) {
        pages = query -> answer;
    }

    /** Each list is answered by itself. */
    public void lists(Function<ListQuery, Page> each) {
        pages = each;
    }

    /** What {@link #whenFinished} waits for. */
    public CompletableFuture<@Nullable Transaction> end() {
        return end;
    }

    public List<Command> commands() {
        return commands;
    }

    public List<ListQuery> listQueries() {
        return listQueries;
    }

    /** The only command so far. */
    public <C extends Command> C only(Class<C> type) {
        if (commands.size() != 1) {
            throw new AssertionError("expected one command, got " + commands);
        }
        return type.cast(commands.getFirst());
    }

    @Override
    public CompletableFuture<Reply> submit(Command command) {
        commands.add(command);
        return answer.apply(command);
    }

    @Override
    public String newGid() {
        return "gid-" + gids.incrementAndGet();
    }

    @Override
    public CompletableFuture<@Nullable TransactionView> find(String gid) {
        RuntimeException failure = queryFailure;
        return failure == null
                ? CompletableFuture.completedFuture(views.get(gid))
                : CompletableFuture.failedFuture(failure);
    }

    @Override
    public CompletableFuture<Page> list(ListQuery query) {
        listQueries.add(query);
        Page page = pages.apply(query);
        List<Transaction> all = page.transactions();
        return CompletableFuture.completedFuture(
                new Page(all.subList(0, Math.min(all.size(), query.limit())), page.nextCursor()));
    }

    @Override
    public CompletableFuture<@Nullable Watch> watch(String gid, Consumer<Transaction> watcher) {
        TransactionView view = views.get(gid);
        if (view == null) {
            return CompletableFuture.completedFuture(null);
        }
        watchers.add(watcher);
        watcher.accept(view.transaction());
        return CompletableFuture.completedFuture(() -> watchers.remove(watcher));
    }

    /** Tells everybody who watches. */
    public void changes(Transaction transaction) {
        watchers.forEach(watcher -> watcher.accept(transaction));
    }

    /** How many watch. */
    public int watchers() {
        return watchers.size();
    }

    @Override
    public CompletableFuture<@Nullable Transaction> whenFinished(String gid) {
        return end;
    }
}
