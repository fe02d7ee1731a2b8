package io.holdfast.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderRequestTest {
    @Test
    void whatIsWrittenIsRead() throws Exception {
        OrderRequest request = new OrderRequest("r-1", 7, 3, 2, null, OrderMode.TCC);

        assertThat(request.toJson()).contains("\"mode\":\"tcc\"");
        assertThat(OrderRequest.fromJson(request.toJson().getBytes(StandardCharsets.UTF_8))).isEqualTo(request);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
            "'{\"requestId\":\"a b\",\"userId\":1,\"skuId\":1,\"qty\":1,\"mode\":\"tcc\"}'|requestId=a b",
            "'{\"requestId\":\"a\",\"userId\":0,\"skuId\":1,\"qty\":1,\"mode\":\"tcc\"}'|userId=0, allowed: 1 and above",
            "'{\"requestId\":\"a\",\"userId\":1,\"skuId\":1,\"qty\":100,\"mode\":\"tcc\"}'|qty=100, allowed: 1 to 99",
            "'{\"requestId\":\"a\",\"userId\":1,\"skuId\":1,\"qty\":1}'|mode is missing, allowed: tcc, saga",
            "'{\"requestId\":\"a\",\"userId\":1,\"qty\":1,\"mode\":\"tcc\"}'|Cannot map `null` into type `long`"})
    void whatIsNoOrderIsRefusedByName(String body, String message) {
        assertThatThrownBy(() -> OrderRequest.fromJson(body.getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining(message);
    }
}
