package io.holdfast.server.cluster;

import io.holdfast.server.config.ClusterConfig;
import io.holdfast.server.http.Leadership;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Puts together what the engine and the log of this node say about who leads. Thread-safe. */
public final class LeaderWatch implements Leadership {

    private final CurrentMembers members;
    private final String self;
    private boolean serving;
    private String leader = "";
    private Place place = new Place.Nowhere();
    private CompletableFuture<Void> change = new CompletableFuture<>();

    /** @param self id of this node */
    public LeaderWatch(CurrentMembers members, String self) {
        this.members = members;
        this.self = self;
    }

    /** The engine of this node takes commands, or does no more. */
    public void serving(boolean now) {
        update(now, null);
    }

    /** The log of this node has heard who leads the group; empty for nobody. */
    public void leader(String id) {
        update(null, id);
    }

    /** The leader may be one of those who are new, or have another address. */
    public void membersChanged() {
        update(null, null);
    }

    private void update(@Nullable Boolean nowServing, @Nullable String nowLeads) {
        CompletableFuture<Void> told;
        synchronized (this) {
            serving = nowServing == null ? serving : nowServing;
            leader = nowLeads == null ? leader : nowLeads;
            Place found = find();
            if (found.equals(place)) {
                return;
            }
            place = found;
            told = change;
            change = new CompletableFuture<>();
        }
        told.complete(null);
    }

    private Place find() {
        if (serving) {
            return new Place.Here();
        }
        // A leader that takes no commands yet has none to send them to either.
        Optional<ClusterConfig.Member> other = leader.equals(self) ? Optional.empty() : members.find(leader);
        return other.<Place>map(member -> new Place.There(member.id(), member.api())).orElseGet(Place.Nowhere::new);
    }

    @Override
    public synchronized Place place() {
        return place;
    }

    @Override
    public synchronized CompletableFuture<Void> change() {
        return change;
    }
}
