package io.holdfast.testkit.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OpenApiContractTest {

    private final OpenApiContract contract = new OpenApiContract(
            """
                    {"openapi": "3.0.3", "paths": {"/things/{id}": {"get": {"responses": {
                       "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                       "default": {"$ref": "#/components/responses/Error"}}}}},
                     "components": {
                       "responses": {"Error": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}},
                       "schemas": {
                         "Error": {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}},
                         "Kind": {"type": "string", "enum": ["a", "b"]},
                         "Thing": {"type": "object", "required": ["kind"], "properties": {
                           "kind": {"$ref": "#/components/schemas/Kind"}, "at": {"type": "string", "format": "date-time"},
                           "labels": {"type": "object", "additionalProperties": {"type": "string"}}}}}}}""");

    @Test
    void whatFitsHasNoProblems() {
        assertThat(problems(200, "{\"kind\":\"a\",\"at\":\"2026-11-22T10:00:00Z\",\"labels\":{\"x\":\"y\"}}"))
                .isEmpty();
        assertThat(problems(404, "{\"code\":\"not_found\"}")).isEmpty();
        assertThat(contract.seen()).containsExactly("GET /things/{id}").isEqualTo(contract.operations());
        assertThat(contract.fields("Thing")).containsExactly("at", "kind", "labels");
    }

    @Test
    void whatDoesNotFitHasOne() {
        assertThat(problems(200, "{}")).isNotEmpty();
        assertThat(problems(200, "{\"kind\":\"c\"}")).isNotEmpty();
        assertThat(problems(200, "{\"kind\":\"a\",\"at\":\"yesterday\"}")).isNotEmpty();
        assertThat(problems(200, "{\"kind\":\"a\",\"unnamed\":1}")).isNotEmpty();
        assertThat(problems(200, "{\"kind\":\"a\",\"labels\":{\"x\":1}}")).isNotEmpty();
        assertThat(problems(201, "{\"kind\":\"a\"}")).isNotEmpty();
        assertThat(problems(500, "{\"message\":\"x\"}")).isNotEmpty();
        assertThat(contract.problems("GET", "/things/7", 200, "text/plain", "x")).isNotEmpty();
    }

    @Test
    void whatTheDocumentDoesNotKnowIsNoneOfItsBusiness() {
        assertThat(contract.problems("POST", "/things/7", 200, "", "")).isEmpty();
        assertThat(contract.problems("GET", "/things/7/parts", 200, "", "")).isEmpty();
        assertThat(contract.seen()).isEmpty();
    }

    private List<String> problems(int status, String body) {
        return contract.problems("GET", "/things/7", status, "application/json; charset=utf-8", body);
    }
}
