package io.holdfast.examples.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /orders}.
 *
 * @param requestId the client's own name for the request, the same at every attempt; 1 to 64 of {@code A-Za-z0-9_.:-}
 * @param userId    who buys, at least 1
 * @param skuId     what is bought, at least 1
 * @param qty       how many of it, 1 to 99
 * @param couponId  the coupon to use, or null
 * @param mode      how the order is brought about
 */
public record OrderRequest(String requestId, long userId, long skuId, int qty, @Nullable String couponId,
        OrderMode mode) {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9_.:-]{1,64}");
    private static final int MOST = 99;

    /** @throws IllegalArgumentException if a value is out of its range; the message is for the client */
    @SuppressWarnings("NullAway") // a body may lack what the types promise
    public OrderRequest {
        requireRequestId(requestId);
        require(userId >= 1, "userId=" + userId + ", allowed: 1 and above");
        require(skuId >= 1, "skuId=" + skuId + ", allowed: 1 and above");
        require(qty >= 1 && qty <= MOST, "qty=" + qty + ", allowed: 1 to " + MOST);
        require(mode != null, "mode is missing, allowed: tcc, saga");
    }

    /** @throws IllegalArgumentException if it is not a request id */
    static void requireRequestId(@Nullable String requestId) {
        require(requestId != null && REQUEST_ID.matcher(requestId).matches(),
                "requestId=" + requestId + ", allowed: 1 to 64 of A-Z a-z 0-9 _ . : -");
    }

    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of strings and numbers is always JSON", e);
        }
    }

    static OrderRequest fromJson(byte[] json) throws IOException {
        return JSON.readValue(json, OrderRequest.class);
    }

    private static void require(boolean isMet, String message) {
        if (!isMet) {
            throw new IllegalArgumentException(message);
        }
    }
}
