package io.holdfast.tests.damage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One thing that happens to one file behind everybody's back.
 *
 * @param file  within the data directory
 * @param bytes what is left of it; -1 for all, with a flipped bit
 * @param at    the byte with the flipped bit
 */
record Damage(Path file, long bytes, long at, int bit) {

    /**
     * Of a third of the damages every byte of the directory is as likely, of a third every kind of file, and a third hits
     * tables, of which starts read the least.
     */
    static Damage draw(Path directory, SplittableRandom random) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(file -> Files.isRegularFile(file) && file.toFile().length() > 0).sorted().toList();
        }
        Path file = switch (random.nextInt(3)) {
            case 0 -> byBytes(files, random);
            case 1 -> byKind(files, random);
            default -> byBytes(files.stream().filter(each -> name(each).endsWith(".sst")).toList(), random);
        };
        long size = Files.size(file);
        boolean shortened = random.nextBoolean();
        long left = random.nextInt(4) == 0 ? 0 : random.nextLong(size);
        return new Damage(directory.relativize(file), shortened ? left : -1, random.nextLong(size),
                random.nextInt(Byte.SIZE));
    }

    private static Path byBytes(List<Path> files, SplittableRandom random) {
        long at = random.nextLong(files.stream().mapToLong(file -> file.toFile().length()).sum());
        for (Path file : files) {
            at -= file.toFile().length();
            if (at < 0) {
                return file;
            }
        }
        throw new AssertionError("the files have shrunk");
    }

    private static Path byKind(List<Path> files, SplittableRandom random) {
        TreeMap<String, List<Path>> kinds = new TreeMap<>();
        files.forEach(file -> kinds.computeIfAbsent(kind(file), kind -> new ArrayList<>()).add(file));
        List<Path> chosen = List.copyOf(kinds.values()).get(random.nextInt(kinds.size()));
        return chosen.get(random.nextInt(chosen.size()));
    }

    void apply(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory.resolve(file), StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            if (bytes >= 0) {
                channel.truncate(bytes);
                return;
            }
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 1 << bit));
            channel.write(one.flip(), at);
        }
    }

    boolean isFlip() {
        return bytes < 0;
    }

    String fileName() {
        return name(file);
    }

    String kind() {
        return kind(file);
    }

    private static String kind(Path file) {
        String name = name(file);
        String folder = name(Objects.requireNonNull(file.getParent()));
        return folder + "/" + name.replaceAll("^\\d+\\.", "*.").replaceAll("-\\d+", "-*");
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    @Override
    public String toString() {
        return file + (isFlip() ? ", bit " + bit + " of byte " + at + " flipped" : " shortened to " + bytes);
    }
}
