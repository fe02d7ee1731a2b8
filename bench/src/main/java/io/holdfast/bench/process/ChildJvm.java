package io.holdfast.bench.process;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A part of a benchmark in a JVM of its own, which talks with this one through its standard streams: a request a line in, an answer
 * in JSON out. The child ends when this process does. Used by one thread.
 */
public final class ChildJvm implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Workplace workplace;
    private final Process process;
    private final Path output;
    /** Empty: nothing comes any more. */
    private final LinkedBlockingQueue<Optional<JsonNode>> answers = new LinkedBlockingQueue<>();

    private ChildJvm(String name, Workplace workplace, Process process, Path output) {
        this.name = name;
        this.workplace = workplace;
        this.process = process;
        this.output = output;
    }

    /**
     * Starts a child.
     *
     * @param mainClass has a {@link ParentLink}
     * @param progress  told what the child says about its progress
     */
    public static ChildJvm start(Workplace workplace, String mainClass, List<String> arguments, Progress progress)
            throws IOException {
        String name = arguments.isEmpty() ? mainClass : arguments.getFirst();
        Path output = workplace.newFile(name);
        Process process = Launch.start(Launch.java(mainClass, arguments, output), workplace);
        ChildJvm child = new ChildJvm(name, workplace, process, output);
        Thread.ofPlatform().daemon().name("bench-hears-" + name).start(() -> child.hear(progress));
        return child;
    }

    private void hear(Progress progress) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(ParentLink.SAID)) {
                    progress.say(line.substring(ParentLink.SAID.length()));
                } else if (line.startsWith(ParentLink.ANSWERED)) {
                    answers.add(Optional.of(JSON.readTree(line.substring(ParentLink.ANSWERED.length()))));
                } else {
                    Files.writeString(output, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // The end of the child, which its last words explain.
        }
        answers.add(Optional.empty());
    }

    /** Sends a request and waits for its answer. */
    public JsonNode ask(List<String> request, Duration atMost) throws IOException, InterruptedException {
        send(request);
        return await(atMost);
    }

    /** The same, with an answer of a type. */
    public <T> T ask(List<String> request, Duration atMost, Class<T> type) throws IOException, InterruptedException {
        return JSON.treeToValue(ask(request, atMost), type);
    }

    /** Waits for an answer of a type. */
    public <T> T answer(Duration atMost, Class<T> type) throws IOException, InterruptedException {
        return JSON.treeToValue(await(atMost), type);
    }

    private void send(List<String> request) throws IOException {
        try {
            OutputStream to = process.getOutputStream();
            to.write((JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
            to.flush();
        } catch (IOException e) {
            throw new ChildFailed(name + " does not listen any more (" + e.getMessage() + ")", output);
        }
    }

    /** Waits for an answer. */
    public JsonNode await(Duration atMost) throws IOException, InterruptedException {
        Optional<JsonNode> answer = answers.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
        if (answer == null) {
            throw new ChildFailed(name + " did not answer within " + atMost.toSeconds() + " s", output);
        }
        if (answer.isEmpty()) {
            answers.add(answer);
            process.waitFor(1, TimeUnit.SECONDS);
            throw new ChildFailed(name + " ended by itself" + (process.isAlive()
                    ? ""
                    : " with exit code "
                            + process.exitValue()),
                    output);
        }
        return answer.get();
    }

    /** Processor time so far. */
    public long cpuNanos() throws ChildFailed {
        return Launch.cpuNanos(process, name, output);
    }

    public long pid() {
        return process.pid();
    }

    /** SIGKILL, and waits until it is gone. */
    @Override
    public void close() {
        Launch.kill(process, workplace);
    }

    static List<String> parse(String request) throws IOException {
        return new ArrayList<>(JSON.readValue(request, new TypeReference<List<String>>() {
        }));
    }
}
