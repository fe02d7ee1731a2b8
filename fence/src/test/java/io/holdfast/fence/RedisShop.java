package io.holdfast.fence;

import io.holdfast.testkit.component.RedisServer;
import io.holdfast.testkit.fence.FenceVectors;
import io.holdfast.testkit.fence.FenceVectors.Call;
import io.holdfast.testkit.fence.FenceVectors.Stock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The article in Redis, behind the script of docs/participants.md. The server starts with the first shop and ends with the JVM. */
final class RedisShop implements Shop {
    static final String ARTICLE = "article:{tea}";
    static final int KEEP_SECONDS = 1_000;
    /** Each effect moves pieces from one field to another. */
    private static final int INCREMENTS_OF_AN_EFFECT = 2;
    private static final Pattern INCREMENTS = Pattern.compile("cmdstat_hincrby:calls=(\\d+)");
    private static final int REJECTED_STATUS = 409;
    private static final int UNDECIDED_STATUS = 500;

    private final RedisServer server;
    private final ParticipantsPage page;
    private final Path script;
    private volatile int incrementsBefore;

    RedisShop(ParticipantsPage page) throws IOException {
        this.page = page;
        server = Server.RUNNING;
        script = Files.createTempFile("holdfast-fence", ".lua");
        script.toFile().deleteOnExit();
        Files.writeString(script, page.block("redis"));
    }

    @Override
    public void fill(Stock stock) throws Exception {
        server.command("DEL", ARTICLE);
        server.command("HSET", ARTICLE, "free", Long.toString(stock.free()), "held", Long.toString(stock.held()),
                "sold",
                Long.toString(stock.sold()));
        incrementsBefore = increments();
    }

    @Override
    public Answer deliver(String gid, Call call) throws Exception {
        String result = run(gid, call.branchId(), call.op(), Integer.toString(call.pieces()));
        return new Answer(result, result.equals(FenceVectors.REJECTED) ? rejected(call.op()) : page.status(result));
    }

    private static int rejected(String op) {
        return op.equals("try") || op.equals("action") ? REJECTED_STATUS : UNDECIDED_STATUS;
    }

    /** One call of the script; what it returned. */
    String run(String gid, String branchId, String op, String pieces) throws Exception {
        return run(gid, branchId, op, pieces, Integer.toString(KEEP_SECONDS));
    }

    String run(String gid, String branchId, String op, String pieces, String keepSeconds) throws Exception {
        return server.command("--eval", script.toString(), ARTICLE, mark(gid, branchId), ",", op, pieces, keepSeconds);
    }

    /** Seconds until a mark is gone; -1 for one that stays, -2 for none. */
    long secondsToLive(String gid, String branchId) throws Exception {
        return Long.parseLong(server.command("TTL", mark(gid, branchId)));
    }

    private static String mark(String gid, String branchId) {
        return "fence:{tea}:" + gid + ":" + branchId;
    }

    @Override
    public Stock stock() throws Exception {
        List<Long> fields = server.command("HMGET", ARTICLE, "free", "held", "sold").lines().map(Long::valueOf)
                .toList();
        return new Stock(fields.get(0), fields.get(1), fields.get(2));
    }

    @Override
    public int effects() throws Exception {
        return (increments() - incrementsBefore) / INCREMENTS_OF_AN_EFFECT;
    }

    /** How many increments the server has run for anybody, by its own count. */
    private int increments() throws Exception {
        return INCREMENTS.matcher(server.command("INFO", "commandstats")).results().findFirst()
                .map(found -> Integer.parseInt(found.group(1))).orElse(0);
    }

    private static final class Server {
        static final RedisServer RUNNING = start();

        private static RedisServer start() {
            try {
                return RedisServer.start();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException("Redis does not start", e);
            }
        }
    }
}
