package io.holdfast.examples.rest;

import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Where a coordinator can be asked: at any of its nodes. The one that answered is asked again, until it does not. Thread-safe. */
public final class CoordinatorNodes {
    private final List<URI> nodes;
    private final AtomicInteger asked = new AtomicInteger();

    /** @param nodes at least one, for example {@code http://127.0.0.1:36789} */
    public CoordinatorNodes(List<URI> nodes) {
        this.nodes = nodes.stream().map(node -> node.resolve("/")).toList();
    }

    /** The one to ask now. */
    public URI current() {
        return nodes.get(Math.floorMod(asked.get(), nodes.size()));
    }

    /** It has not answered, or cannot do anything now: the next one is asked, unless another caller has moved on before. */
    public void failed(URI node) {
        int number = asked.get();
        if (nodes.get(Math.floorMod(number, nodes.size())).equals(node)) {
            asked.compareAndSet(number, number + 1);
        }
    }
}
