package io.holdfast.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.Server;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class TrafficTest {

    @Test
    void overItsBoundARequestIsRefusedAtOnceUntilAnotherIsDone() {
        Traffic traffic = new Traffic(1);
        ConcurrentLinkedQueue<CompletableFuture<HttpResponse>> waiting = new ConcurrentLinkedQueue<>();
        Server server = Server.builder().http(0).decorator(traffic).service("/at-once",
                (context, request) -> HttpResponse.of(200)).service("/", (context, request) -> {
                    CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
                    waiting.add(answer);
                    return HttpResponse.of(answer);
                }).build();
        server.start().join();
        try {
            WebClient client = WebClient.of("http://127.0.0.1:" + server.activeLocalPort());
            CompletableFuture<AggregatedHttpResponse> first = client.get("/").aggregate();
            awaitOne(waiting);

            AggregatedHttpResponse second = client.get("/").aggregate().join();
            assertThat(second.status().code()).isEqualTo(429);
            assertThat(second.contentUtf8()).contains("overloaded", "1 requests");

            waiting.remove().complete(HttpResponse.of(200));
            assertThat(first.join().status().code()).isEqualTo(200);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (client.get("/at-once").aggregate().join().status().code() != 200) {
                assertThat(System.nanoTime()).isLessThan(end);
            }
        } finally {
            server.stop().join();
        }
    }

    private static void awaitOne(ConcurrentLinkedQueue<?> queue) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (queue.isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
