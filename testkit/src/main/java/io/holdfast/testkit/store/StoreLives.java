package io.holdfast.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.State;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Entry;
import io.holdfast.core.Finished;
import io.holdfast.core.Limits;
import io.holdfast.core.Outcome;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Payload;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.Store;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A core that lives through cuts, crashes and stops at random places, with its store as its only memory beside the log. After
 * each start everything that the store says is compared with a life without any of that.
 */
final class StoreLives {

    private static final int ENTRIES = 150;
    private static final List<State> OUTCOMES = List.of(State.CONFIRMED, State.CANCELLED, State.SETTLED_BY_HAND);

    private final StoreConformance stores;
    private final SplittableRandom random;
    private final RandomEntries log;
    private final List<Entry> entries = new ArrayList<>();
    /** Every finished transaction of the undisturbed life. */
    private final List<Finished> finished = new ArrayList<>();
    private final Core undisturbed = new Core();
    /** Per outcome, the position before which everything is forgotten: now, and as the last cut has it. */
    private final Map<State, Long> keptFrom = new EnumMap<>(State.class);
    private final Map<State, Long> keptFromAtCut = new EnumMap<>(State.class);

    private Store store;
    private Core core;
    /** Given to the core, not yet to the archive. */
    private List<Finished> notArchived = new ArrayList<>();
    private List<KeptBody> bodies = new ArrayList<>();
    private Map<String, Payload> bodiesInCut = new HashMap<>();
    private Cut.@Nullable Header lastCut;
    private String hashAtCut = new Core().stateHash();

    StoreLives(StoreConformance stores, long seed) throws StorageException {
        this.stores = stores;
        random = new SplittableRandom(seed);
        log = new RandomEntries(random, new Limits(40, 1 << 30, 6, random.nextInt(30)));
        OUTCOMES.forEach(outcome -> {
            keptFrom.put(outcome, 0L);
            keptFromAtCut.put(outcome, 0L);
        });
        store = stores.open();
        core = store.recover();
    }

    void run() throws StorageException {
        for (int i = 0; i < ENTRIES; i++) {
            Entry entry = log.next();
            entries.add(entry);
            finished.addAll(undisturbed.step(entry).finished());
            apply(entry);
            if (random.nextInt(4) == 0) {
                archive();
            }
            if (random.nextInt(9) == 0) {
                cut();
            }
            if (random.nextInt(12) == 0) {
                expire();
            }
            if (random.nextInt(20) == 0) {
                restart();
            }
        }
        cut();
        restart();
        store.close();
    }

    private void apply(Entry entry) {
        Outcome outcome = core.step(entry);
        notArchived.addAll(outcome.finished());
        bodies.addAll(outcome.kept());
    }

    private void archive() throws StorageException {
        store.archive(notArchived);
        notArchived = new ArrayList<>();
    }

    private void cut() throws StorageException {
        archive();
        Cut cut = core.cut();
        List<KeptBody> held = bodies.stream().filter(body -> isUnfinished(body.gid())).toList();
        store.cut(cut, held);
        bodies = new ArrayList<>();
        bodiesInCut.keySet().removeIf(key -> !isUnfinished(key.substring(0, key.indexOf('/'))));
        held.forEach(body -> bodiesInCut.put(name(body.gid(), body.branchIndex(), body.kind()), body.payload()));
        lastCut = cut.header();
        hashAtCut = core.stateHash();
        keptFromAtCut.putAll(keptFrom);
        checkBodies();
        checkArchive();
    }

    private boolean isUnfinished(String gid) {
        var transaction = core.find(gid);
        return transaction != null && !transaction.state().isFinished();
    }

    private static String name(String gid, int branchIndex, BodyKind kind) {
        return gid + "/" + branchIndex + "/" + kind;
    }

    private void expire() throws StorageException {
        Cut.Header at = lastCut;
        if (at == null) {
            return;
        }
        State outcome = OUTCOMES.get(random.nextInt(OUTCOMES.size()));
        long before = finished.isEmpty()
                ? 0
                : finished.get(random.nextInt(finished.size())).transaction()
                        .finishedWallMillis();
        long keepFrom = at.finishedOrdinals() - at.finishedKept();
        int max = 1 + random.nextInt(20);
        List<Finished> mayGo = new ArrayList<>();
        for (Finished row : kept(finished, keptFrom).filter(row -> row.transaction().state() == outcome).toList()) {
            if (row.transaction().finishedWallMillis() >= before || row.finishedOrdinal() >= keepFrom) {
                break;
            }
            mayGo.add(row);
        }
        int forgotten = store.expire(outcome, before, keepFrom, max);
        assertThat(forgotten).isBetween(Math.min(1, mayGo.size()), mayGo.size());
        if (forgotten > 0) {
            keptFrom.put(outcome, mayGo.get(forgotten - 1).finishedOrdinal() + 1);
        }
        checkArchive();
    }

    private static java.util.stream.Stream<Finished> kept(List<Finished> of, Map<State, Long> from) {
        return of.stream().filter(row -> row.finishedOrdinal() >= from.getOrDefault(row.transaction().state(), 0L));
    }

    /** What find and scan say, for everything that ever finished. */
    private void checkArchive() throws StorageException {
        long archived = core.finishedOrdinals() - notArchived.size();
        List<Finished> there = finished.stream().filter(row -> row.finishedOrdinal() < archived).toList();
        List<Finished> expected = kept(there, keptFrom).toList();
        assertThat(scan(0)).isEqualTo(expected);
        long from = random.nextLong(finished.size() + 2L);
        assertThat(scan(from)).isEqualTo(
                expected.stream().filter(row -> row.finishedOrdinal() >= from).toList());
        for (Finished row : finished) {
            boolean isKept = row.finishedOrdinal() < archived
                    && row.finishedOrdinal() >= keptFrom.getOrDefault(row.transaction().state(), 0L);
            assertThat(store.find(row.transaction().gid())).isEqualTo(isKept ? row : null);
            String businessKey = row.transaction().terms().attributes().businessKey();
            if (!businessKey.isEmpty()) {
                assertThat(store.findByBusinessKey(businessKey)).isEqualTo(isKept ? row : null);
            }
        }
    }

    private List<Finished> scan(long from) throws StorageException {
        List<Finished> seen = new ArrayList<>();
        store.scan(from, seen::add);
        return seen;
    }

    private void checkBodies() throws StorageException {
        for (var body : bodiesInCut.entrySet()) {
            String[] name = body.getKey().split("/");
            assertThat(store.body(name[0], Integer.parseInt(name[1]), BodyKind.valueOf(name[2])))
                    .as(body.getKey()).isEqualTo(body.getValue());
        }
        for (Finished row : finished) {
            for (int i = 0; i < row.transaction().branches().size(); i++) {
                for (BodyKind kind : BodyKind.values()) {
                    String name = name(row.transaction().gid(), i, kind);
                    if (!bodiesInCut.containsKey(name)) {
                        assertThat(store.body(row.transaction().gid(), i, kind)).as(name).isNull();
                    }
                }
            }
        }
    }

    private void restart() throws StorageException {
        if (random.nextBoolean()) {
            store.close();
        } else {
            stores.crash(store);
        }
        store = stores.open();
        core = store.recover();
        Cut.Header at = lastCut;
        assertThat(core.stateHash()).isEqualTo(hashAtCut);
        long finishedAtCut = at == null ? 0 : at.finishedOrdinals();
        assertThat(core.finishedOrdinals()).isEqualTo(finishedAtCut);
        learnWhatIsForgotten(finishedAtCut);
        notArchived = new ArrayList<>();
        bodies = new ArrayList<>();
        checkArchive();
        checkBodies();
        for (Entry entry : entries.subList((int) core.sequence(), entries.size())) {
            apply(entry);
        }
        assertThat(core.stateHash()).isEqualTo(undisturbed.stateHash());
    }

    /** What was forgotten since the last cut may have come back or not; what that cut knew of may not. */
    private void learnWhatIsForgotten(long finishedAtCut) throws StorageException {
        List<Finished> back = scan(0);
        for (State outcome : OUTCOMES) {
            long first = back.stream().filter(row -> row.transaction().state() == outcome)
                    .mapToLong(Finished::finishedOrdinal).findFirst().orElse(finishedAtCut);
            long earliest = kept(finished, keptFromAtCut).filter(row -> row.transaction().state() == outcome)
                    .mapToLong(Finished::finishedOrdinal).filter(ordinal -> ordinal < finishedAtCut).findFirst()
                    .orElse(finishedAtCut);
            long latest = kept(finished, keptFrom).filter(row -> row.transaction().state() == outcome)
                    .mapToLong(Finished::finishedOrdinal).filter(ordinal -> ordinal < finishedAtCut).findFirst()
                    .orElse(finishedAtCut);
            assertThat(first).as("first %s that is left", outcome).isIn(earliest, latest).isBetween(earliest, latest);
            keptFrom.put(outcome, first);
        }
    }
}
