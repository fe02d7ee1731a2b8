package io.holdfast.tests.faults;

import io.holdfast.simulator.history.Verdict;
import io.holdfast.tests.faults.Asked.Answer;
import io.holdfast.tests.faults.Asked.Operation;
import io.holdfast.tests.process.Audit.Kept;
import io.holdfast.tests.process.Crowd;
import io.holdfast.tests.process.Eventually;
import io.holdfast.tests.process.Participant;
import io.holdfast.tests.process.Reach;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One group under load, fault after fault, then left alone until everything has ended; then everything that anybody was told is
 * judged. There are clients of two kinds: those of {@link Crowd}, who ask one node after the other until they are answered, and
 * those of {@link ClientProcess}, who ask whichever node, and about the same gids.
 */
final class FaultRun {

    private static final int CROWD = 6;
    private static final Duration ANSWER_LIMIT = Duration.ofMillis(2_500);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int ASKED_AFTER_A_FAULT = 30;

    private final long seed;
    private final Path directory;
    private final List<ClientProcess> clients = new ArrayList<>();
    private final List<Path> histories = new ArrayList<>();
    private final SortedMap<String, List<Long>> gaps = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();

    FaultRun(long seed, Path directory) {
        this.seed = seed;
        this.directory = directory;
    }

    /**
     * @param violations   empty if every promise was kept
     * @param acknowledged transactions whose outcome was told to a client of the crowd
     * @param requests     in the history
     * @param gaps         by kind of fault the longest times without any answer, in milliseconds
     * @param summary      one line
     */
    record Result(List<String> violations, long acknowledged, int requests, SortedMap<String, List<Long>> gaps,
            String summary) {}

    Result run(Duration time) throws Exception {
        long startNanos = System.nanoTime();
        HistoryBranches branches = new HistoryBranches();
        try (FaultLab lab = new FaultLab(directory, seed);
                Participant participant = new Participant(lab.network.address(FaultNetwork.CLIENTS), 0, branches);
                Crowd crowd = new Crowd(lab.reach(ANSWER_LIMIT), CROWD, seed, Kept.FOR_EVER);
                GapMeter meter = new GapMeter(crowd::answers)) {
            Reach reach = lab.reach(ANSWER_LIMIT);
            startClients(startNanos, reach, participant.url());
            startClients(startNanos, reach, participant.url());
            FaultSchedule schedule = new FaultSchedule(seed);
            awaitAnswers(crowd);
            for (long began = System.nanoTime(); System.nanoTime() - began < time.toNanos();) {
                Fault fault = schedule.next();
                meter.longestMillis();
                strike(lab, fault, startNanos, reach, participant.url());
                lab.awaitWell();
                awaitAnswers(crowd);
                gaps.computeIfAbsent(fault.kind(), none -> new ArrayList<>()).add(meter.longestMillis());
                crowd.askForTheYoungest(ASKED_AFTER_A_FAULT);
            }
            for (ClientProcess process : clients) {
                process.end();
            }
            long settleMillis = crowd.settle();
            violations.addAll(crowd.violations());
            violations.addAll(branches.violations());
            List<Asked> asked = askedAtLast(lab, participant.url(), branches);
            judge(asked);
            return new Result(violations, crowd.acknowledged(), asked.size(), gaps,
                    summary(Duration.ofNanos(System.nanoTime() - startNanos), lab, crowd, asked, settleMillis));
        } finally {
            clients.forEach(ClientProcess::close);
        }
    }

    private void startClients(long startNanos, Reach reach, String participant) throws IOException {
        Path history = directory.resolve("history-" + histories.size());
        histories.add(history);
        clients.add(new ClientProcess(history, seed, startNanos, reach, participant));
    }

    private void strike(FaultLab lab, Fault fault, long startNanos, Reach reach, String participant)
            throws Exception {
        switch (fault) {
            case Fault.ClientKilled killed -> {
                clients.removeFirst().sigkill();
                startClients(startNanos, reach, participant);
            }
            case Fault.ClientStopped stopped -> {
                ClientProcess victim = clients.getFirst();
                victim.signal("STOP");
                try {
                    Eventually.pass(stopped.millis());
                } finally {
                    victim.signal("CONT");
                }
            }
            default -> lab.strike(fault);
        }
    }

    private static void awaitAnswers(Crowd crowd) throws Exception {
        long until = crowd.answers() + 5L * CROWD;
        Eventually.holds("clients get answers", LIMIT, () -> crowd.answers() >= until);
    }

    /** Reads all histories, and asks every node for every gid: all has ended, and whatever was acknowledged is there. */
    private List<Asked> askedAtLast(FaultLab lab, String participant, HistoryBranches branches)
            throws IOException, InterruptedException {
        List<Asked> asked = new ArrayList<>();
        for (Path history : histories) {
            asked.addAll(HistoryFile.read(history));
        }
        TreeSet<String> registered = new TreeSet<>();
        TreeSet<String> gids = new TreeSet<>();
        for (Asked one : asked) {
            gids.add(one.gid());
            Answer answer = one.answer();
            if (one.operation() == Operation.REGISTER && answer != null && answer.status() / 100 == 2) {
                registered.add(one.gid());
            }
        }
        Path last = directory.resolve("history-last");
        try (HistoryFile history = new HistoryFile(last)) {
            HistoryClient client = new HistoryClient("last", lab.reach(LIMIT), participant, history);
            for (String gid : gids) {
                for (int node = 0; node < FaultLab.NODES; node++) {
                    Answer answer = client.ask(Operation.QUERY, gid, node);
                    boolean ended = answer.status() == 404 || answer.state() != null && answer.state().isFinished();
                    if (!ended) {
                        violations.add("not ended: " + gid + ", node " + node + " says " + answer);
                    }
                    if (registered.contains(gid)) {
                        violations.addAll(branches.violations(gid, HistoryClient.BRANCH, answer.state()));
                    }
                }
            }
            client.close();
        }
        asked.addAll(HistoryFile.read(last));
        return asked;
    }

    private void judge(List<Asked> asked) {
        switch (Histories.judge(asked)) {
            case Verdict.Ok ok -> {
            }
            case Verdict.Illegal illegal -> {
                violations.add(illegal.explanation());
                asked.stream().filter(one -> one.gid().equals(illegal.gid())).map(Asked::toString)
                        .forEach(violations::add);
            }
            case Verdict.TooBig tooBig -> violations.add("too big to judge: " + tooBig);
        }
    }

    private String summary(Duration took, FaultLab lab, Crowd crowd, List<Asked> asked, long settleMillis) {
        List<Long> all = new ArrayList<>();
        gaps.values().forEach(all::addAll);
        Collections.sort(all);
        long unknown = asked.stream().filter(FaultRun::isUnknown).count();
        long gids = asked.stream().map(Asked::gid).distinct().count();
        StringBuilder kinds = new StringBuilder();
        for (Map.Entry<String, List<Long>> gap : gaps.entrySet()) {
            kinds.append(kinds.isEmpty() ? "" : ",").append(gap.getKey()).append(':').append(gap.getValue().size())
                    .append(":").append(Collections.max(gap.getValue()));
        }
        return "seed=" + seed + " seconds=" + took.toSeconds() + " faults=" + all.size() + " tornLogs=" + lab.torn()
                + " endedByFullDisk=" + lab.endedByItself() + " transactions=" + crowd.transactions()
                + " acknowledged=" + crowd.acknowledged() + " gids=" + gids + " requests=" + asked.size() + " unknown="
                + unknown + " gapMillisMedian=" + all.get(all.size() / 2) + " gapMillisMax=" + all.getLast()
                + " settleMillis=" + settleMillis + " violations=" + violations.size() + " kinds=" + kinds;
    }

    private static boolean isUnknown(Asked one) {
        Answer answer = one.answer();
        return answer == null || answer.status() == 0 || answer.status() == 504;
    }
}
