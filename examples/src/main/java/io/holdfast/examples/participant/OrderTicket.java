package io.holdfast.examples.participant;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * What an order asks for: the body of every call to a participant.
 *
 * @param requestId  the client's own name for the request
 * @param userId     the account that pays
 * @param merchantId the account that is paid
 * @param amountCent the price, in cent
 */
public record OrderTicket(String requestId, String userId, String merchantId, long amountCent) {
    private static final ObjectMapper JSON = new ObjectMapper();

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
