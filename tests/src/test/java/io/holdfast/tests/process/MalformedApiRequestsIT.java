package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.components.FreePort;
import io.holdfast.tests.process.DtmWire.Answer;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand requests, each wrong in one way: documented errors and nothing else, and no state changes. */
class MalformedApiRequestsIT {

    private static final int REQUESTS = 1_000;
    private static final long SEED = Long.getLong("holdfast.seed", 20_261_124L);
    private static final Path ROOT = Path.of(System.getProperty("holdfast.root", ".."));
    private static final Pattern CODE = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (\\d+) \\|");

    /** Requests that would be right, by path. Only their fields are made wrong. */
    private static final Map<String, String> RIGHT = new TreeMap<>(Map.of(
            "transactions", """
                    {"gid":"fresh","businessKey":"k","mode":"tcc","deadlineMillis":5000,"labels":{"a":"b"},
                     "headers":{"x-a":"b"},"policy":{"callTimeoutMillis":5},
                     "branches":[{"branchId":"01","confirm":"http://127.0.0.1:1/c","payload":{"n":1}}]}""",
            "sagas", """
                    {"gid":"fresh","order":"graph","deadlineMillis":0,
                     "branches":[{"branchId":"a","action":"http://127.0.0.1:1/a","payload":1,"after":[]}]}""",
            "transactions/there/branches", "{\"branches\":[{\"branchId\":\"02\",\"cancel\":\"http://127.0.0.1:1/x\"}]}",
            "transactions/there/decision", "{\"decision\":\"cancel\",\"reason\":\"why\"}",
            "heartbeats", "{\"gids\":[\"there\"]}",
            "transactions/there/operator/settle", "{\"reason\":\"why\",\"actor\":\"ann\",\"confirmGid\":\"there\"}",
            "operator/pause",
            "{\"filter\":{\"states\":[\"TRYING\"],\"paused\":false},\"dryRun\":false,\"actor\":\"ann\"}"));

    /** Any JSON value is right in these. */
    private static final Set<String> ANYTHING = Set.of("payload");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static ServerProcess server;
    @SuppressWarnings("NullAway.Init")
    private static ApiWire api;

    private final Random random = new Random(SEED);

    @BeforeAll
    static void start() throws Exception {
        server = ServerProcess.start(directory.resolve("data"), FreePort.choose());
        server.awaitListening();
        api = new ApiWire(server.url());
        assertThat(api.post("transactions", "{\"gid\":\"there\",\"businessKey\":\"taken\",\"deadlineMillis\":3600000,"
                + "\"branches\":[{\"branchId\":\"01\",\"confirm\":\"http://127.0.0.1:1/c\",\"payload\":1}]}").status())
                .isEqualTo(201);
    }

    @AfterAll
    static void stop() {
        api.close();
        server.close();
    }

    /** @param path below /api/v1/ */
    private record Wrong(String how, String method, String path, byte[] body) {
        @Override
        public String toString() {
            return how + ": " + method + " " + path + " "
                    + new String(body, 0, Math.min(300, body.length), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void aThousandWrongRequestsAreRefusedAsDocumentedAndChangeNothing() throws Exception {
        Map<String, Integer> documented = CODE.matcher(Files.readString(ROOT.resolve("docs/errors.md"))).results()
                .collect(Collectors.toMap(row -> row.group(1), row -> Integer.valueOf(row.group(2))));
        JsonNode before = state();
        Map<String, Integer> seen = new TreeMap<>();
        for (int i = 0; i < REQUESTS; i++) {
            Wrong wrong = wrong();
            Answer answer = api.send(api.request(wrong.path).method(wrong.method,
                    BodyPublishers.ofByteArray(wrong.body)));
            String where = "seed=" + SEED + " request=" + i + " " + wrong + " -> " + answer;
            String code = answer.json().path("code").asText();
            assertThat(documented).as(where).containsEntry(code, answer.status());
            assertThat(answer.status()).as(where).isBetween(400, 499);
            assertThat(answer.json().path("message").asText()).as(where).isNotBlank().hasSizeLessThan(1_500);
            seen.merge(wrong.how + " " + code, 1, Integer::sum);
        }
        System.out.println("seed=" + SEED + " " + seen);
        assertThat(seen.keySet().stream().map(how -> how.replaceAll(" [a-z_]+$", "")).distinct()).hasSize(10);
        assertThat(state()).isEqualTo(before);
        assertThat(api.get("transactions").json().path("transactions")).hasSize(1);
        assertThat(server.saidInThisLife()).doesNotContain("\"ERROR\"");
    }

    /** Bytes that are no call of gRPC end as one that failed; nothing comes of them either. */
    @Test
    void rubbishOnTheOtherProtocolIsRefusedToo() throws Exception {
        JsonNode before = state();
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (int i = 0; i < 100; i++) {
                byte[] body = new byte[random.nextInt(200)];
                random.nextBytes(body);
                HttpRequest call = HttpRequest
                        .newBuilder(URI.create(server.url() + "/holdfast.v1.Coordinator/Begin"))
                        .version(HttpClient.Version.HTTP_2).header("content-type", "application/grpc")
                        .POST(BodyPublishers.ofByteArray(body)).build();
                HttpResponse<byte[]> response = http.send(call, HttpResponse.BodyHandlers.ofByteArray());
                assertThat(response.headers().firstValue("grpc-status").orElse("none")).as("seed=%s call=%s", SEED, i)
                        .isNotEqualTo("0");
                assertThat(response.body()).isEmpty();
            }
        }
        assertThat(state()).isEqualTo(before);
    }

    private static JsonNode state() throws Exception {
        ObjectNode shown = (ObjectNode) api.transaction("there");
        // Time goes by, and where the machine is slow so much that somebody should look at the silent caller.
        return shown.remove(List.of("deadlineInMillis", "ifNothingIsDone", "updatedAt", "needsAttention",
                "attentionReason"));
    }

    private Wrong wrong() {
        List<String> paths = new ArrayList<>(RIGHT.keySet());
        String path = paths.get(random.nextInt(paths.size()));
        String right = Objects.requireNonNull(RIGHT.get(path)).strip();
        return switch (random.nextInt(10)) {
            case 0 -> post("cut off", path, right.substring(0, 1 + random.nextInt(right.length() - 1)));
            case 1 -> post("unknown field", path, "{\"f" + random.nextInt(1_000) + "\":1," + right.substring(1));
            case 2 -> post("key twice", path, twice(right));
            case 3 -> post("wrong type", path, wrongType(right));
            case 4 -> new Wrong("no text", "POST", path, notUtf8(right));
            case 5 -> new Wrong("rubbish", "POST", path, rubbish());
            case 6 -> post("too deep", path, "{\"branches\":" + "[".repeat(65 + random.nextInt(5_000)));
            case 7 -> post("unknown parameter", path + "?p" + random.nextInt(100) + "=1", right);
            case 8 -> random.nextBoolean()
                    ? new Wrong("nowhere", "DELETE", path, new byte[0])
                    : new Wrong("nowhere", "POST", path + "/x" + random.nextInt(100),
                            right.getBytes(StandardCharsets.UTF_8));
            default -> post("nobody", "transactions/" + "n".repeat(1 + random.nextInt(200)) + "/decision",
                    "{\"decision\":\"confirm\"}");
        };
    }

    private static Wrong post(String how, String path, String body) {
        return new Wrong(how, "POST", path, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String twice(String right) {
        String name = right.substring(0, right.indexOf(':') + 1);
        return name + "1," + right.substring(1);
    }

    /** One field, somewhere, gets a value of another type. */
    private String wrongType(String right) {
        ObjectNode body = (ObjectNode) new Answer(0, right).json();
        List<ObjectNode> objects = new ArrayList<>();
        collect(body, objects);
        ObjectNode object = objects.get(random.nextInt(objects.size()));
        List<String> names = new ArrayList<>(new TreeSet<>(object.properties().stream().map(Map.Entry::getKey)
                .filter(name -> !ANYTHING.contains(name)).toList()));
        String name = names.get(random.nextInt(names.size()));
        JsonNode value = object.get(name);
        List<String> others = new ArrayList<>(List.of("null", "1.5", "9007199254740992", "-1"));
        if (!value.isTextual()) {
            others.add("\"text\"");
        }
        if (!value.isArray()) {
            others.add("[1]");
        }
        if (!value.isObject()) {
            others.add("{\"a\":1}");
        }
        if (!value.isBoolean()) {
            others.add("true");
        }
        object.set(name, new Answer(0, others.get(random.nextInt(others.size()))).json());
        return body.toString();
    }

    private static void collect(JsonNode node, List<ObjectNode> objects) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            objects.add(object);
        }
        node.properties().stream().filter(property -> !ANYTHING.contains(property.getKey()))
                .forEach(property -> collect(property.getValue(), objects));
        if (node.isArray()) {
            node.forEach(element -> collect(element, objects));
        }
    }

    private byte[] notUtf8(String right) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int at = 1 + random.nextInt(right.length() - 1);
        bytes.writeBytes(right.substring(0, at).getBytes(StandardCharsets.UTF_8));
        bytes.write(0x80 + random.nextInt(0x40));
        bytes.writeBytes(right.substring(at).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    private byte[] rubbish() {
        byte[] bytes = new byte[1 + random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }
}
