package io.holdfast.examples.judge;

import io.holdfast.examples.participant.MallService;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * All that the judge may look at: the databases of the business and what the clients wrote down. Nothing of the product.
 *
 * @param orderUrl  JDBC URL of the order database
 * @param payUrl    JDBC URL of the pay database
 * @param stockUrl  JDBC URL of the stock database, which is PostgreSQL; the judge works there, in temporary tables
 * @param couponUrl JDBC URL of the coupon database
 * @param redisPort of the Redis that has the hot goods; null where the stock database has them
 * @param journal   the clients' journal
 */
public record Evidence(String orderUrl, String payUrl, String stockUrl, String couponUrl, @Nullable Integer redisPort,
        Path journal) {
    /** The JDBC URL of a service's database. */
    public String url(MallService service) {
        return switch (service) {
            case ORDER -> orderUrl;
            case PAY -> payUrl;
            case STOCK -> stockUrl;
            case COUPON -> couponUrl;
        };
    }
}
