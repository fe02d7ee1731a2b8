package io.holdfast.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A process of the benchmark did not do its part. The message has the end of its output. */
public final class ChildFailed extends IOException {

    private static final long serialVersionUID = 1L;
    private static final int TAIL_LINES = 30;

    ChildFailed(String what, Path output) {
        super(what + lastWords(output));
    }

    private static String lastWords(Path output) {
        try {
            List<String> lines = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).lines().toList();
            return lines.isEmpty()
                    ? ". It printed nothing"
                    : ". Its last words:\n  "
                            + String.join("\n  ", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return ". Its output cannot be read: " + e.getMessage();
        }
    }
}
