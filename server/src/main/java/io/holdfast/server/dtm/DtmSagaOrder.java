package io.holdfast.server.dtm;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.core.SagaOrder;
import io.holdfast.server.http.Answers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads the order of a Saga from {@code custom_data}, a JSON text such as
 * {@code {"concurrent":true,"orders":{"2":[0,1]}}}: step 2 waits for steps 0 and 1.
 */
final class DtmSagaOrder {

    private DtmSagaOrder() {
    }

    static SagaOrder of(DtmOptions options, int branchCount) throws DtmProblem {
        String text = options.attributes().customData();
        boolean absent = text.isBlank() || text.strip().equals("null");
        DtmBody custom = absent
                ? new DtmBody("custom_data.", Answers.object())
                : DtmBody.parse("field custom_data", "custom_data.", text.getBytes(StandardCharsets.UTF_8));
        if (!custom.flag("concurrent") && !options.concurrent()) {
            return SagaOrder.SEQUENTIAL;
        }
        List<List<Integer>> predecessors = new ArrayList<>();
        for (Map.Entry<String, JsonNode> order : custom.entries("orders")) {
            int step = index(order.getKey(), branchCount);
            while (predecessors.size() <= step) {
                predecessors.add(List.of());
            }
            predecessors.set(step, predecessorsOf(step, order.getValue(), branchCount));
        }
        SagaOrder order = new SagaOrder(true, predecessors);
        String problem = order.problem(branchCount);
        if (!problem.isEmpty()) {
            throw DtmProblem.field("custom_data.orders", problem, "an order without cycles");
        }
        return order;
    }

    private static List<Integer> predecessorsOf(int step, JsonNode node, int branchCount) throws DtmProblem {
        if (node.isNull()) {
            return List.of();
        }
        if (!node.isArray() || node.size() > branchCount) {
            throw DtmProblem.field("custom_data.orders." + step, DtmBody.typeOf(node),
                    "a list of at most " + branchCount + " step numbers");
        }
        List<Integer> predecessors = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            predecessors
                    .add(index(element.isIntegralNumber() ? element.asText() : DtmBody.typeOf(element), branchCount));
        }
        return predecessors.stream().distinct().toList();
    }

    private static int index(String text, int branchCount) throws DtmProblem {
        try {
            int index = Integer.parseInt(text);
            if (index >= 0 && index < branchCount) {
                return index;
            }
        } catch (NumberFormatException e) {
            // Said below, in the same words as a number out of range.
        }
        throw DtmProblem.field("custom_data.orders", "step " + text,
                branchCount == 0 ? "none, there are no steps" : "steps 0 to " + (branchCount - 1));
    }
}
