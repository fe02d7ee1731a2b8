package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it writes: what it has acknowledged is told in every later life, and it always starts. */
class RaftKillIT {

    private static final int KILLS = Integer.getInteger("holdfast.kills", 4);
    private static final int MAX_ACKNOWLEDGED = 40;

    @TempDir
    Path directory;

    @Test
    void whatWasAcknowledgedSurvivesEveryKill() throws Exception {
        long seed = Long.getLong("holdfast.seed", 20_261_129);
        SplittableRandom random = new SplittableRandom(seed);
        int port = RatisGroup.freePorts(1).getFirst();
        Map<Long, String> known = new HashMap<>();
        long acknowledged = 0;
        for (int life = 0; life < KILLS; life++) {
            long before = acknowledged;
            acknowledged = live(port, seed + life, 1 + random.nextInt(MAX_ACKNOWLEDGED), before, known);
            assertThat(acknowledged).as("seed %s, life %s", seed, life).isGreaterThan(before);
        }
    }

    /** Runs a process until it has acknowledged so many, and kills it. Returns the last one that it acknowledged. */
    private long live(int port, long seed, int count, long acknowledgedBefore, Map<Long, String> known)
            throws IOException, InterruptedException {
        Process process = RaftNodeMain.process(directory.resolve("log"), 0, List.of(port), seed, Integer.MAX_VALUE)
                .start();
        try (BufferedReader said = process.inputReader()) {
            long told = 0;
            int left = count;
            while (left > 0) {
                String line = said.readLine();
                assertThat(line).as("seed %s: the process ended by itself after entry %s", seed, told).isNotNull();
                String[] words = line.split(" ");
                long sequence = Long.parseLong(words[1]);
                assertThat(sequence).as("seed %s", seed).isEqualTo(told + 1);
                told = sequence;
                String before = known.put(sequence, words[2]);
                if (before != null && sequence <= acknowledgedBefore) {
                    assertThat(words[2]).as("seed %s: entry %s as it was acknowledged", seed, sequence)
                            .isEqualTo(before);
                }
                if (words[0].equals("acknowledged")) {
                    assertThat(sequence).as("seed %s: what was acknowledged is told first", seed)
                            .isGreaterThan(acknowledgedBefore);
                    left--;
                }
            }
            return told;
        } finally {
            // SIGKILL.
            process.destroyForcibly().waitFor();
        }
    }
}
