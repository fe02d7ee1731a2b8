package io.holdfast.examples.judge;

import java.nio.file.Path;

/**
 * All that the judge may look at: the databases of the business and what the client wrote down. Nothing of the product.
 *
 * @param orderUrl JDBC URL of the order database
 * @param payUrl   JDBC URL of the pay database
 * @param journal  the client's journal
 */
public record Evidence(String orderUrl, String payUrl, Path journal) {}
