package io.holdfast.tests.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is in a directory, to the last byte. */
final class Contents {

    private Contents() {
    }

    /** SHA-256 and time of change of every file, by path. */
    static Map<Path, String> of(Path directory) throws IOException, NoSuchAlgorithmException {
        Map<Path, String> sums = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sums.put(file, HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))) + " "
                        + Files.getLastModifiedTime(file));
            }
        }
        return sums;
    }
}
