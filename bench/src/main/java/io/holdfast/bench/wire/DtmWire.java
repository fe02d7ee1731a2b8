package io.holdfast.bench.wire;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;

/** dtm's HTTP interface as one caller uses it. Every method returns when the answer says success, and throws on any other. */
public final class DtmWire implements Closeable {

    private static final String PATH = "/api/dtmsvr/";
    /** Above the longest wait for a result. */
    private static final int ANSWER_MILLIS = 40_000;
    private static final int OK = 200;

    private final KeepAlive connection;

    public DtmWire(InetSocketAddress server) throws IOException {
        this.connection = new KeepAlive(server, ANSWER_MILLIS);
    }

    public void ping() throws IOException {
        require(connection.get("/api/ping"), "pong");
    }

    /** Submits a Saga and waits for its end. {@code steps} and {@code payloads} are JSON. */
    public void saga(String gid, String steps, String payloads) throws IOException {
        success("submit", "{\"gid\":\"" + gid + "\",\"trans_type\":\"saga\",\"steps\":" + steps + ",\"payloads\":"
                + payloads + ",\"wait_result\":true}");
    }

    public void prepareTcc(String gid, int timeoutSeconds) throws IOException {
        success("prepare",
                "{\"gid\":\"" + gid + "\",\"trans_type\":\"tcc\",\"timeout_to_fail\":" + timeoutSeconds + "}");
    }

    public void registerTccBranch(String gid, String branchId, String url) throws IOException {
        success("registerBranch", "{\"gid\":\"" + gid + "\",\"trans_type\":\"tcc\",\"branch_id\":\"" + branchId
                + "\",\"confirm\":\"" + url + "/confirm\",\"cancel\":\"" + url + "/cancel\",\"data\":\"{}\"}");
    }

    public void submitTcc(String gid) throws IOException {
        success("submit", "{\"gid\":\"" + gid + "\",\"trans_type\":\"tcc\"}");
    }

    public void abortTcc(String gid) throws IOException {
        success("abort", "{\"gid\":\"" + gid + "\",\"trans_type\":\"tcc\"}");
    }

    public void forceStop(String gid) throws IOException {
        success("forceStop", "{\"gid\":\"" + gid + "\"}");
    }

    /** The answer to a query, as JSON. */
    public String query(String gid) throws IOException {
        return require(connection.get(PATH + "query?gid=" + gid), "transaction");
    }

    /** What Prometheus reads. */
    public String metrics() throws IOException {
        return require(connection.get("/metrics"), "holdfast");
    }

    private void success(String name, String body) throws IOException {
        require(connection.post(PATH + name, body), "\"SUCCESS\"");
    }

    private static String require(KeepAlive.Answer answer, String word) throws IOException {
        if (answer.status() != OK || !answer.body().contains(word)) {
            throw new IOException("answered " + answer.status() + " " + answer.body());
        }
        return answer.body();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
