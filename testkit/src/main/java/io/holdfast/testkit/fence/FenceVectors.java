package io.holdfast.testkit.fence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads docs/fence-vectors.json. Who calls this needs Jackson on the class path. */
public final class FenceVectors {

    /** The mark of a business that said no; the other results are those of the fence. */
    public static final String REJECTED = "REJECTED";

    /** A result that says that the business ran. */
    public static final String RAN = "RAN";

    /** Pieces of one article. */
    public record Stock(long free, long held, long sold) {}

    /**
     * One call and what must be so after it.
     *
     * @param result what became of it, a constant of the fence or {@link #REJECTED}
     * @param status the HTTP status to answer with
     */
    public record Call(String branchId, String op, int pieces, String result, int status, Stock stock) {}

    /**
     * Calls of one transaction, in this order, on {@link Stock} as {@link #stockBefore} says.
     *
     * @param effects how often the business of each operation took effect in the end; operations that never did are left out
     */
    public record Sequence(String name, List<Call> calls, Map<String, Integer> effects) {

        /** Whether some business says no because there is too little. */
        public boolean isAboutAmounts() {
            return calls.stream().anyMatch(call -> call.result.equals(REJECTED));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private FenceVectors() {
    }

    /**
     * Reads all sequences.
     *
     * @param root that of the source tree
     */
    public static List<Sequence> read(Path root) throws IOException {
        List<Sequence> sequences = new ArrayList<>();
        for (JsonNode one : file(root).required("sequences")) {
            List<Call> calls = new ArrayList<>();
            for (JsonNode call : one.required("calls")) {
                calls.add(new Call(call.required("branch").textValue(), call.required("op").textValue(),
                        call.required("pieces").intValue(), call.required("result").textValue(),
                        call.required("status").intValue(), stock(call.required("stock"))));
            }
            Map<String, Integer> effects = new TreeMap<>();
            for (Map.Entry<String, JsonNode> effect : one.required("effects").properties()) {
                effects.put(effect.getKey(), effect.getValue().intValue());
            }
            sequences.add(new Sequence(one.required("name").textValue(), List.copyOf(calls), effects));
        }
        return sequences;
    }

    /** What is in stock before each sequence. */
    public static Stock stockBefore(Path root) throws IOException {
        return stock(file(root).required("stock"));
    }

    private static JsonNode file(Path root) throws IOException {
        return new ObjectMapper().readTree(root.resolve("docs/fence-vectors.json").toFile());
    }

    private static Stock stock(JsonNode three) {
        return new Stock(three.required(0).longValue(), three.required(1).longValue(), three.required(2).longValue());
    }
}
