package io.holdfast.examples.load;

import java.net.URI;

/**
 * Where the participants are.
 *
 * @param order the order service, for example {@code http://127.0.0.1:40001}
 * @param pay   the pay service
 */
public record Services(URI order, URI pay) {}
