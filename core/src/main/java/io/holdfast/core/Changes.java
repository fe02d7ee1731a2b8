package io.holdfast.core;

import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Outcome.Obligation;
import java.util.ArrayList;
import java.util.List;

/** What the entry being applied leads to. One object, reused, so that a step allocates only what leaves it. */
final class Changes {

    private final List<Live> touched = new ArrayList<>();
    private List<Reply> replies = List.of();
    private List<KeptBody> kept = List.of();
    private List<String> nudged = List.of();
    private List<Finished> finished = List.of();
    private List<String> evicted = List.of();

    void begin(int commands) {
        replies = new ArrayList<>(commands);
        kept = new ArrayList<>(0);
        nudged = new ArrayList<>(0);
        finished = new ArrayList<>(0);
        evicted = new ArrayList<>(0);
    }

    void reply(Reply reply) {
        replies.add(reply);
    }

    void keep(KeptBody body) {
        kept.add(body);
    }

    void nudge(String gid) {
        nudged.add(gid);
    }

    void finished(Finished transaction) {
        finished.add(transaction);
    }

    void evict(String gid) {
        evicted.add(gid);
    }

    void created(Live live) {
        live.touched = true;
        touched.add(live);
    }

    /** Remembers the state before the first change. */
    void touch(Live live) {
        if (!live.touched) {
            live.touched = true;
            live.before = live.now;
            touched.add(live);
        }
    }

    Outcome end(long nextWakeAtMillis) {
        List<Obligation> owed = new ArrayList<>();
        List<Obligation> withdrawn = new ArrayList<>();
        List<Transaction> changed = new ArrayList<>(touched.size());
        for (Live live : touched) {
            changed.add(live.now);
            Owed.addNew(live.before, live.now, owed);
            if (live.before != null) {
                Owed.addNew(live.now, live.before, withdrawn);
            }
            live.touched = false;
            live.before = null;
        }
        touched.clear();
        return new Outcome(replies, kept, owed, withdrawn, nudged, changed, finished, evicted, nextWakeAtMillis);
    }
}
