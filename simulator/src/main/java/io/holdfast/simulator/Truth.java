package io.holdfast.simulator;

import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.api.Decision;
import io.holdfast.api.State;
import io.holdfast.core.Core;
import io.holdfast.core.Entry;
import io.holdfast.core.Transaction;
import io.holdfast.engine.codec.EntryReader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is durable, and what anybody was told of it: a second production core that has applied every entry as soon as it was
 * durable, over all lives of all nodes. Everything that leaves a node is held against it.
 */
final class Truth {

    private final Core core = new Core();
    private final EntryReader reader = new EntryReader();
    private final Map<String, Transaction> lastSeen = new HashMap<>();
    private final Map<String, Decision> told = new TreeMap<>();
    private String lastHash = "";

    /** The last durable entry. */
    long sequence() {
        return core.sequence();
    }

    int unfinished() {
        return core.unfinished();
    }

    /** The last state of a transaction, however long ago it left the core. */
    @Nullable
    Transaction find(String gid) {
        return lastSeen.get(gid);
    }

    Entry decode(long sequence, ByteBuffer payload) {
        try {
            return reader.read(sequence, payload);
        } catch (InvalidProtocolBufferException e) {
            throw new Violation("G9 entry " + sequence + " cannot be read back", e);
        }
    }

    /** One more entry is durable. */
    void apply(Entry entry) {
        core.step(entry).changed().forEach(this::livesOnce);
        lastHash = "";
    }

    /** One gid stands for one transaction, with the terms it began with, which is decided once and ends once. */
    private void livesOnce(Transaction changed) {
        Transaction before = lastSeen.put(changed.gid(), changed);
        if (before == null) {
            return;
        }
        if (!before.terms().equals(changed.terms())) {
            throw new Violation("G8 the terms of " + changed.gid() + " have changed");
        }
        if (before.state() != changed.state()) {
            Decision was = decisionOf(before.state());
            Decision is = decisionOf(changed.state());
            Violation.unless(!before.state().isFinished(), "G7 %s was %s and is %s now", changed.gid(), before.state(),
                    changed.state());
            Violation.unless(was == null || is == null || was == is, "G2 %s was %s and is %s now", changed.gid(),
                    before.state(), changed.state());
        }
    }

    /** What was decided in this state; null if nothing is, or if a person has ended it. */
    static @Nullable Decision decisionOf(State state) {
        return switch (state) {
            case CONFIRMING, CONFIRMED -> Decision.CONFIRM;
            case CANCELLING, COMPENSATING, CANCELLED -> Decision.CANCEL;
            case TRYING, RUNNING, SETTLED_BY_HAND -> null;
        };
    }

    /** A node has this state: it has to be the durable one. */
    void compare(Core other, String whose) {
        Violation.unless(other.sequence() == core.sequence(), "G6 %s has entries up to %s, durable are %s", whose,
                other.sequence(), core.sequence());
        Violation.unless(other.stateHash().equals(hash()), "G6 the state of %s differs at entry %s", whose,
                core.sequence());
    }

    private String hash() {
        if (lastHash.isEmpty()) {
            lastHash = core.stateHash();
        }
        return lastHash;
    }

    /** Whoever asks sees at least what was durable when the question came (guarantee G6). */
    void isNoOlder(@Nullable Transaction found, @Nullable Transaction asked, String gid, String whose) {
        if (asked == null) {
            return;
        }
        Violation.unless(found != null, "G6 %s does not know %s, which was durable before it was asked", whose, gid);
        if (found != null) {
            Violation.unless(rank(found.state()) >= rank(asked.state()),
                    "G6 %s says that %s is %s; when it was asked, it was %s", whose, gid, found.state(),
                    asked.state());
            Violation.unless(found.branches().size() >= asked.branches().size(),
                    "G6 %s says that %s has %s branches; when it was asked, it had %s", whose, gid,
                    found.branches().size(), asked.branches().size());
        }
    }

    private static int rank(State state) {
        return state.isFinished() ? 2 : state.isUndecided() ? 0 : 1;
    }

    /** A client was told that this state was reached: it must be durable by now. */
    void acknowledged(Transaction transaction) {
        Transaction known = find(transaction.gid());
        Violation.unless(known != null, "G6 %s was acknowledged before it was durable", transaction.gid());
        Violation.unless(known == null || known.branches().size() >= transaction.branches().size(),
                "G6 a branch of %s was acknowledged before it was durable", transaction.gid());
    }

    /** A client was told an outcome, which must be durable, and the same for ever. */
    void toldOutcome(String gid, Decision decision) {
        Decision before = told.putIfAbsent(gid, decision);
        Violation.unless(before == null || before == decision, "G7 of %s was told %s and now %s", gid, before,
                decision);
        stillDecided(find(gid), gid, decision);
    }

    /** What anybody was told must hold in a node that has come back; {@code find} asks it. */
    void stillTold(NodeState node) {
        told.forEach((gid, decision) -> stillDecided(node.find(gid), gid, decision));
    }

    /** What a node knows of transactions. */
    interface NodeState {
        @Nullable
        Transaction find(String gid);
    }

    private static void stillDecided(@Nullable Transaction transaction, String gid, Decision decision) {
        if (transaction == null) {
            throw new Violation("G4 " + gid + " is gone");
        }
        State state = transaction.state();
        Violation.unless(state == State.SETTLED_BY_HAND || decisionOf(state) == decision,
                "G1 of %s was told %s, its durable state is %s", gid, decision, state);
    }
}
