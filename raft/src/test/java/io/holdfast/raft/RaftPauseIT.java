package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes, of which the leading one stands still for a while (SIGSTOP), and then believes that no time has passed. */
class RaftPauseIT {

    private static final int PATIENCE_SECONDS = 90;
    private static final int QUESTIONS = 20;
    private static final int FEW = 5;

    @TempDir
    Path directory;

    private final List<Node> nodes = new ArrayList<>();

    /** One process, and what it has said. */
    private static final class Node {
        final Process process;
        final Writer asks;
        final LinkedBlockingQueue<Long> answers = new LinkedBlockingQueue<>();
        volatile long told;
        volatile long acknowledged;

        Node(Process process) {
            this.process = process;
            this.asks = process.outputWriter();
            Thread.ofPlatform().daemon().start(this::listen);
        }

        private void listen() {
            try (BufferedReader said = process.inputReader()) {
                for (String line = said.readLine(); line != null; line = said.readLine()) {
                    String[] words = line.split(" ");
                    long sequence = Long.parseLong(words[1]);
                    switch (words[0]) {
                        case "read" -> answers.add(sequence);
                        case "acknowledged" -> {
                            told = sequence;
                            acknowledged = sequence;
                        }
                        default -> told = sequence;
                    }
                }
            } catch (IOException e) {
                // The process was ended.
            }
        }

        void ask(int questions) throws IOException {
            asks.write("?\n".repeat(questions));
            asks.flush();
        }

        long answer() throws InterruptedException {
            Long answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(answer).as("an answer").isNotNull();
            return answer;
        }

        void signal(String signal) throws IOException, InterruptedException {
            assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start()
                    .waitFor()).isZero();
        }
    }

    @BeforeEach
    void startProcesses() throws IOException {
        List<Integer> ports = RatisGroup.freePorts(3);
        for (int i = 0; i < ports.size(); i++) {
            nodes.add(new Node(RaftNodeMain.process(directory.resolve("node-" + i), i, ports, i, FEW).start()));
        }
    }

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Node node : nodes) {
            node.process.destroyForcibly().waitFor();
        }
    }

    @Test
    void leaderThatStoodStillAnswersNothingStale() throws Exception {
        await("a leader that commits", () -> nodes.stream().anyMatch(node -> node.acknowledged >= FEW));
        Node paused = nodes.stream().filter(node -> node.acknowledged >= FEW).findFirst().orElseThrow();
        // Nothing happens any more: whoever keeps what it has once found out would believe it later.
        paused.ask(1);
        assertThat(paused.answer()).isGreaterThanOrEqualTo(FEW);
        paused.signal("STOP");
        List<Node> others = nodes.stream().filter(node -> node != paused).toList();
        await("another leader that commits",
                () -> others.stream().anyMatch(node -> node.acknowledged > paused.told));
        paused.ask(QUESTIONS);
        long toldToAnybody = others.stream().mapToLong(node -> node.told).max().orElseThrow();
        paused.signal("CONT");
        for (int i = 0; i < QUESTIONS; i++) {
            assertThat(paused.answer()).as("what it has to have seen to answer, when entry %s was told", toldToAnybody)
                    .satisfiesAnyOf(answer -> assertThat(answer).isEqualTo(-1),
                            answer -> assertThat(answer).isGreaterThanOrEqualTo(toldToAnybody));
        }
        await("that it goes on with the others", () -> paused.told >= toldToAnybody);
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for %s", what).isLessThan(deadline);
            assertThat(never.await(10, TimeUnit.MILLISECONDS)).isFalse();
        }
    }
}
