package io.holdfast.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.server.rest.JsonBody.Names;
import io.holdfast.server.testing.TestServer;
import java.net.http.HttpRequest;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The document says what the code does: the same endpoints, fields and names. */
class OpenApiDocumentTest {

    @Test
    void everyOperationOfTheDocumentIsServed() {
        try (TestServer server = TestServer.starting(null)) {
            for (String operation : TestServer.CONTRACT.operations()) {
                String path = operation.substring(operation.indexOf(' ') + 1).replace("{gid}", "g")
                        .replace("{action}", "retry").replace("{name}", "b").replace("{id}", "n");
                String method = operation.substring(0, operation.indexOf(' '));
                String answer = server.send(server.request(path).method(method, method.equals("POST")
                        ? HttpRequest.BodyPublishers.ofString("{}")
                        : HttpRequest.BodyPublishers.noBody())).text();
                assertThat(answer).as(operation).doesNotContain("no_such_endpoint", "method_not_allowed");
            }
            assertThat(server.get("/openapi.json").json().path("openapi").asText()).isEqualTo("3.0.3");
        }
    }

    @Test
    void requestsHaveTheFieldsThatAreRead() {
        assertThat(TestServer.CONTRACT.fields("BeginRequest")).isEqualTo(sorted(RequestJson.BEGIN));
        assertThat(TestServer.CONTRACT.fields("SagaRequest")).isEqualTo(sorted(RequestJson.SAGA));
        assertThat(TestServer.CONTRACT.fields("CallPolicy")).isEqualTo(sorted(RequestJson.POLICY));
        assertThat(TestServer.CONTRACT.fields("Branch")).isEqualTo(sorted(RequestJson.BRANCH));
        assertThat(TestServer.CONTRACT.fields("RegisterRequest")).isEqualTo(sorted(RequestJson.REGISTER));
        assertThat(TestServer.CONTRACT.fields("DecisionRequest")).isEqualTo(sorted(RequestJson.DECISION));
        assertThat(TestServer.CONTRACT.fields("HeartbeatRequest")).isEqualTo(sorted(RequestJson.HEARTBEAT));
        assertThat(TestServer.CONTRACT.fields("OperatorRequest")).isEqualTo(sorted(RequestJson.OPERATOR));
        assertThat(TestServer.CONTRACT.fields("OperatorBatchRequest")).isEqualTo(sorted(RequestJson.BATCH));
        assertThat(TestServer.CONTRACT.fields("OperatorFilter")).isEqualTo(sorted(RequestJson.FILTER));
    }

    @Test
    void enumerationsHaveTheirNames() throws Exception {
        JsonNode schemas = io.holdfast.server.http.Answers.JSON.readTree(OpenApiDocument.read())
                .at("/components/schemas");
        assertNames(schemas, "State", State.values(), State::name);
        assertNames(schemas, "Mode", Mode.values(), Names::of);
        assertNames(schemas, "Decision", Decision.values(), Names::of);
        assertNames(schemas, "OperatorAction", OperatorAction.values(), Names::of);
        assertNames(schemas, "Progress", Progress.values(), Names::of);
    }

    private static <E> void assertNames(JsonNode schemas, String schema, E[] values, Function<E, String> name) {
        assertThat(schemas.path(schema).path("enum")).extracting(JsonNode::asText)
                .containsExactlyElementsOf(Arrays.stream(values).map(name).toList());
    }

    private static Set<String> sorted(Set<String> names) {
        return new TreeSet<>(names);
    }
}
