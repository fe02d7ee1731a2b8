package io.holdfast.examples.gateway;

import io.holdfast.examples.fault.SeededHash;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.participant.OrderTicket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where the participants are.
 *
 * @param urls each with its base address, for example {@code http://127.0.0.1:40001}
 */
public record Services(Map<MallService, URI> urls) {
    /**
     * The participants of an order in the order in which they are called, which differs from order to order. What comes last
     * is never taken back by a refusal of another, so with one order alone half of the ways back would never be gone.
     */
    static List<MallService> route(OrderTicket ticket) {
        List<MallService> services = new ArrayList<>(Arrays.asList(MallService.values()));
        if (ticket.couponId() == null) {
            services.remove(MallService.COUPON);
        }
        services.sort(
                Comparator.comparing(service -> SeededHash.of(0, ticket.requestId(), "turn", service.wireName())));
        return services;
    }

    URI url(MallService service, String path) {
        return Objects.requireNonNull(urls.get(service), () -> service + " has no address").resolve(path);
    }
}
