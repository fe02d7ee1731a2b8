package io.holdfast.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What one document points to in another exists. */
class DocumentLinksTest {

    private static final Path ROOT = Path.of(System.getProperty("holdfast.root", ".."));
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)\\s]*)?\\)");

    @Test
    void everyRelativeLinkLeadsToAFile() throws IOException {
        List<String> checked = new ArrayList<>();
        List<String> dead = new ArrayList<>();
        for (Path document : documents()) {
            Matcher links = LINK.matcher(Files.readString(document));
            while (links.find()) {
                String target = links.group(1);
                if (!target.contains("://") && !target.startsWith("mailto:")) {
                    checked.add(target);
                    if (!Files.exists(document.resolveSibling(target))) {
                        dead.add(ROOT.relativize(document) + " -> " + target);
                    }
                }
            }
        }
        assertThat(checked).as("links looked at").contains("docs/architecture.md");
        assertThat(dead).isEmpty();
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(ROOT); Stream<Path> deep = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, deep).filter(file -> file.toString().endsWith(".md")).toList();
        }
    }
}
