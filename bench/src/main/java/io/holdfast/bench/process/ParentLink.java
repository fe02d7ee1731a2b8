package io.holdfast.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;

/** The child's end of the line between a {@link ChildJvm} and its parent. When the parent is gone, however that went, so is the child. */
public final class ParentLink {

    static final String SAID = "#say ";
    static final String ANSWERED = "#answer ";
    private static final int ORPHANED = 1;

    private final LinkedBlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final PrintStream out;

    private ParentLink() {
        out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    }

    /** Takes over standard input and output. */
    public static ParentLink open() {
        ParentLink link = new ParentLink();
        Thread.ofPlatform().daemon().name("bench-parent").start(link::listen);
        return link;
    }

    private void listen() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                requests.add(line);
            }
        } catch (IOException e) {
            // The same as its end.
        }
        Runtime.getRuntime().halt(ORPHANED);
    }

    /** Waits for the next request. */
    public List<String> next() throws InterruptedException, IOException {
        return ChildJvm.parse(requests.take());
    }

    /** Answers a request, or says what was done without one. */
    public void answer(Object answer) throws IOException {
        out.println(ANSWERED + ChildJvm.JSON.writeValueAsString(answer));
    }

    /** A line of progress. */
    public void say(String line) {
        out.println(SAID + line);
    }
}
