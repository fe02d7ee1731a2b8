package io.holdfast.store;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Limits;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Terms;
import io.holdfast.core.Transaction;
import io.holdfast.core.Unfinished;
import io.holdfast.engine.StorageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** A store with a little of everything, and all that it says. */
final class Samples {

    static final int FINISHED = 600;
    static final int UNFINISHED = 100;

    private Samples() {
    }

    /** Two cuts with different contents, so that going back by one shows. */
    static void fill(RocksStore store) throws StorageException {
        store.recover();
        List<Unfinished> unfinished = unfinished(FINISHED, UNFINISHED);
        List<KeptBody> bodies = unfinished.stream()
                .map(one -> new KeptBody(one.transaction().gid(), 0, BodyKind.PAYLOAD,
                        Payload.of(one.transaction().gid().repeat(50).getBytes(StandardCharsets.UTF_8))))
                .toList();
        store.archive(finished(0, FINISHED / 2));
        store.cut(new Cut(header(1, FINISHED + UNFINISHED, FINISHED / 2, 10), unfinished.subList(0, UNFINISHED / 2),
                List.of()), bodies.subList(0, UNFINISHED / 2));
        store.archive(finished(FINISHED / 2, FINISHED / 2));
        store.cut(new Cut(header(2, FINISHED + UNFINISHED, FINISHED, 10),
                unfinished.subList(UNFINISHED / 2, UNFINISHED), List.of()),
                bodies.subList(UNFINISHED / 2, UNFINISHED));
    }

    /** Everything that a store made by {@link #fill} can be asked. */
    static List<Object> answers(RocksStore store) throws StorageException {
        List<Object> answers = new ArrayList<>();
        answers.add(store.recover().stateHash());
        store.scan(0, answers::add);
        for (int i = 0; i < FINISHED; i++) {
            answers.add(String.valueOf(store.find("g" + i)));
        }
        for (int i = 0; i < UNFINISHED; i++) {
            answers.add(String.valueOf(store.body("u" + i, 0, BodyKind.PAYLOAD)));
            Payload body = store.body("u" + i, 0, BodyKind.PAYLOAD);
            answers.add(body == null ? "none" : new String(body.bytes(), StandardCharsets.UTF_8));
        }
        return answers;
    }

    static List<Finished> finished(long from, int count) {
        return LongStream.range(from, from + count).mapToObj(i -> new Finished(transaction("g" + i,
                List.of(State.CONFIRMED, State.CANCELLED, State.SETTLED_BY_HAND).get((int) (i % 3)), i, Progress.DONE),
                i, i, i / 2)).toList();
    }

    /** So many, {@code u0} and on, from a position in the order of creation on. */
    static List<Unfinished> unfinished(long from, int count) {
        return LongStream.range(0, count).mapToObj(i -> new Unfinished(
                transaction("u" + i, State.CONFIRMING, 0, Progress.OWED), from + i)).toList();
    }

    static Cut.Header header(long sequence, long created, long finishedOrdinals, int kept) {
        return new Cut.Header(sequence, 10, 20, 3, Core.VERSION, Limits.DEFAULT, created, finishedOrdinals, kept, 0);
    }

    private static Transaction transaction(String gid, State state, long finishedWallMillis, Progress forward) {
        Branch branch = new Branch("01", "http://a/confirm/" + gid, "http://a/cancel", 3, 5, 0, forward, Progress.IDLE,
                false, "", 0, 0);
        Terms terms = new Terms(gid, Mode.TCC, 1, 2, 0, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, Attributes.NONE);
        return new Transaction(terms, state, List.of(branch, branch), "", 2, 3, finishedWallMillis, 4, 0, "", "",
                List.of());
    }
}
