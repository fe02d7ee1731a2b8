package io.holdfast.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpMethod;
import java.util.List;
import org.junit.jupiter.api.Test;

class HarmlessTest {

    @Test
    void whatNamesItsTransactionAndIsAnsweredTheSameTwiceIsSentAgain() {
        for (String path : List.of("/api/v1/transactions/g/decision", "/api/v1/transactions/g/branches", "/api/v1/gids",
                "/api/v1/heartbeats", "/holdfast.v1.Coordinator/Decide", "/holdfast.v1.Coordinator/Get")) {
            assertThat(Harmless.toSendAgain(HttpMethod.POST, path)).as(path).isTrue();
        }
        assertThat(Harmless.toSendAgain(HttpMethod.GET, "/api/dtmsvr/query")).isTrue();
    }

    @Test
    void whatIsNotIsNot() {
        for (String path : List.of("/api/v1/transactions", "/api/v1/sagas", "/api/v1/transactions/g/operator/settle",
                "/api/v1/operator/retry", "/api/dtmsvr/submit", "/api/dtmsvr/forceStop",
                "/holdfast.v1.Coordinator/Begin", "/holdfast.v1.Coordinator/Operate",
                "/holdfast.v1.Coordinator/OperateAll", "/holdfast.v1.Coordinator/Connect")) {
            assertThat(Harmless.toSendAgain(HttpMethod.POST, path)).as(path).isFalse();
        }
    }
}
