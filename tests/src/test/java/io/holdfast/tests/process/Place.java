package io.holdfast.tests.process;

import java.util.List;
import java.util.Map;

/**
 * Where a server runs. Immutable.
 *
 * @param address     at which it listens
 * @param prefix      what its command begins with, such as what moves it into a network of its own; a program that becomes the
 *                    server, so that signals reach it
 * @param environment what its environment has besides that of this process
 */
public record Place(String address, List<String> prefix, Map<String, String> environment) {

    /** Beside the test. */
    static final Place HERE = new Place("127.0.0.1", List.of(), Map.of());
}
