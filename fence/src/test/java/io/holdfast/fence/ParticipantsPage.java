package io.holdfast.fence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What docs/participants.md says: its blocks of code by the names in the comments before them, and its table. */
final class ParticipantsPage {
    static final Path ROOT = Path.of(Objects.requireNonNull(System.getProperty("holdfast.root")));
    static final String NO_ROW = "no row";
    private static final Pattern LINE = Pattern
            .compile("\\| (\\w+) \\| (\\w+|no row) \\| ([A-Z_]+) \\| (\\w+|no row) \\| (\\d{3}) \\|");

    /** One line of the table; the states are those of the column, or {@link #NO_ROW}. */
    record Line(String result, String after, int status) {}

    private record Question(String op, String found) {}

    private final String text;
    private final Map<Question, Line> table = new HashMap<>();

    ParticipantsPage() throws IOException {
        text = Files.readString(ROOT.resolve("docs/participants.md"));
        for (MatchResult line : LINE.matcher(text).results().toList()) {
            table.put(new Question(line.group(1), line.group(2)),
                    new Line(line.group(3), line.group(4), Integer.parseInt(line.group(5))));
        }
    }

    String text() {
        return text;
    }

    /** The line for an operation on a state; one that is missing is a CONFLICT, as the page says below the table. */
    Line line(String op, String found) {
        return table.getOrDefault(new Question(op, found), new Line(FenceResult.CONFLICT.name(), found, 500));
    }

    /** The status that goes with a result, by any line that has it. */
    int status(String result) {
        return table.values().stream().filter(line -> line.result.equals(result)).findAny()
                .map(Line::status).orElse(500);
    }

    /** The block of code below {@code <!-- fence: name -->}. */
    String block(String name) {
        Matcher block = Pattern.compile("<!-- fence: " + name + " -->\n```\\w+\n(.*?)```", Pattern.DOTALL)
                .matcher(text);
        if (!block.find()) {
            throw new AssertionError("docs/participants.md has no block " + name);
        }
        return block.group(1);
    }

    /** The statements of a block. */
    List<String> statements(String name) {
        return Stream.of(block(name).split(";\n", -1)).filter(sql -> !sql.isBlank()).toList();
    }

    /** The one statement of a block. */
    String statement(String name) {
        List<String> statements = statements(name);
        if (statements.size() != 1) {
            throw new AssertionError("docs/participants.md: block " + name + " has not one statement: " + statements);
        }
        return statements.get(0);
    }
}
