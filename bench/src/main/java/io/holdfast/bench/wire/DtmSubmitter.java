package io.holdfast.bench.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.stream.Collectors;

/** Over dtm's HTTP interface, with {@code wait_result}: one request for each Saga. */
public final class DtmSubmitter implements SagaSubmitter {

    private final DtmWire wire;
    private final String steps;
    private final String payloads;

    /**
     * @param actions how many
     * @param url     that every action is called at; empty for nothing to call
     * @param payload the body of each call, without quotes in it
     */
    public DtmSubmitter(InetSocketAddress server, int actions, String url, String payload) throws IOException {
        this.wire = new DtmWire(server);
        this.steps = Collections.nCopies(actions, "{\"action\":\"" + url + "\",\"compensate\":\"" + url + "\"}")
                .stream()
                .collect(Collectors.joining(",", "[", "]"));
        this.payloads = Collections.nCopies(actions, "\"" + payload + "\"").stream()
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Override
    public void submitAndWait(String gid) throws IOException {
        wire.saga(gid, steps, payloads);
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
