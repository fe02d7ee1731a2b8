package io.holdfast.examples.stock;

import io.holdfast.api.Operation;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The stock of the hot goods in Redis, behind the script of docs/participants.md: of each an article with its quantities, and a mark
 * for each branch, which is fence and log in one. Marks are kept for ever, because the judge counts them. Thread-safe.
 */
public final class RedisStock implements AutoCloseable {
    private static final String SCRIPT = "fence.lua";
    private static final String FOR_EVER = "0";
    /** Shorter than the three seconds that callers wait. */
    private static final Duration ANSWER_WAIT = Duration.ofMillis(2_500);
    private static final long SCANNED_AT_ONCE = 1_000;

    /**
     * What there is of an item.
     *
     * @param free for sale
     * @param held set aside by Try
     * @param sold for good
     */
    public record Quantities(long free, long held, long sold) {}

    /**
     * What became of a branch.
     *
     * @param state  of the fence, for example {@code confirmed}
     * @param pieces how many it is about
     */
    public record Mark(String gid, String branchId, String state, long pieces) {}

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCommands<String, String> commands;
    private final String script;
    private final String digest;

    private RedisStock(RedisClient client, String script) {
        this.client = client;
        this.connection = client.connect();
        this.commands = connection.sync();
        this.script = script;
        this.digest = commands.digest(script);
    }

    /**
     * Connects to a server on this machine.
     *
     * @throws IOException if it does not answer
     */
    public static RedisStock connect(int port) throws IOException {
        RedisClient client = RedisClient.create(RedisURI.builder().withHost("127.0.0.1").withPort(port)
                .withTimeout(ANSWER_WAIT).build());
        try {
            return new RedisStock(client, readScript());
        } catch (RedisException e) {
            client.shutdown();
            throw new IOException("Redis does not answer at port " + port + ": " + e.getMessage(), e);
        }
    }

    /**
     * Puts an item on sale.
     *
     * @throws RedisException if the server does not answer; so do all that follow
     */
    public void putOnSale(long skuId, long qty) {
        commands.hset(article(skuId), Map.of("free", Long.toString(qty), "held", "0", "sold", "0"));
    }

    /**
     * Runs the script.
     *
     * @return a result of the table in docs/participants.md, or {@code REJECTED}
     */
    String run(Operation operation, long skuId, String gid, String branchId, long pieces) {
        String[] keys = {article(skuId), marksOf(skuId) + gid + ":" + branchId};
        String[] arguments = {operation.wireName(), Long.toString(pieces), FOR_EVER};
        try {
            return commands.evalsha(digest, ScriptOutputType.VALUE, keys, arguments);
        } catch (RedisNoScriptException e) {
            // The first call, or the server has been started anew.
            return commands.eval(script, ScriptOutputType.VALUE, keys, arguments);
        }
    }

    /** What there is of an item. */
    public Quantities quantities(long skuId) {
        List<KeyValue<String, String>> fields = commands.hmget(article(skuId), "free", "held", "sold");
        return new Quantities(number(fields.get(0)), number(fields.get(1)), number(fields.get(2)));
    }

    /** What became of every branch about an item. */
    public List<Mark> marks(long skuId) {
        String prefix = marksOf(skuId);
        List<Mark> marks = new ArrayList<>();
        ScanArgs all = ScanArgs.Builder.matches(prefix + "*").limit(SCANNED_AT_ONCE);
        KeyScanCursor<String> cursor = commands.scan(all);
        while (true) {
            for (String key : cursor.getKeys()) {
                marks.add(mark(key, prefix.length()));
            }
            if (cursor.isFinished()) {
                // Redis may name a key more than once.
                return marks.stream().distinct().toList();
            }
            cursor = commands.scan(cursor, all);
        }
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }

    private Mark mark(String key, int prefixLength) {
        int beforeBranch = key.lastIndexOf(':');
        List<KeyValue<String, String>> fields = commands.hmget(key, "state", "pieces");
        return new Mark(key.substring(prefixLength, beforeBranch), key.substring(beforeBranch + 1),
                fields.get(0).getValue(), number(fields.get(1)));
    }

    private static String article(long skuId) {
        return "article:{" + skuId + "}";
    }

    private static String marksOf(long skuId) {
        return "fence:{" + skuId + "}:";
    }

    private static long number(KeyValue<String, String> field) {
        return Long.parseLong(field.getValue());
    }

    private static String readScript() {
        try (InputStream text = RedisStock.class.getResourceAsStream(SCRIPT)) {
            return new String(Objects.requireNonNull(text, SCRIPT + " is not in the jar").readAllBytes(),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
