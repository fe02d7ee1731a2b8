package io.holdfast.examples.participant;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What an order asks for: the body of every call to a participant.
 *
 * @param requestId  the client's own name for the request
 * @param userId     who buys
 * @param merchantId the account that is paid
 * @param skuId      what is bought
 * @param qty        how many of it
 * @param amountCent what the buyer pays: quantity times price, less the coupon
 * @param couponId   the coupon that is used, or null
 */
public record OrderTicket(String requestId, long userId, String merchantId, long skuId, int qty, long amountCent,
        @Nullable String couponId) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The account that pays. */
    public String payer() {
        return account(userId);
    }

    /** The account of a user. */
    public static String account(long userId) {
        return "user-" + userId;
    }

    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of strings and numbers is always JSON", e);
        }
    }

    static OrderTicket fromJson(byte[] json) throws IOException {
        return JSON.readValue(json, OrderTicket.class);
    }
}
