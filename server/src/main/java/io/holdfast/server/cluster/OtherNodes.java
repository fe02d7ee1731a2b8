package io.holdfast.server.cluster;

import io.holdfast.server.config.ClusterConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the other nodes say of themselves, and what that allows a node without a log.
 *
 * @param config  who is in the group
 * @param own     with what this node can found it; null for nothing
 * @param answers by id, of those that have answered
 */
record OtherNodes(ClusterConfig config, @Nullable Foundation own, Map<String, MemberClient.Member> answers) {

    OtherNodes {
        answers = Map.copyOf(answers);
    }

    boolean noneHasLog() {
        return answers.values().stream().noneMatch(member -> member.standing().hasLog());
    }

    /** Whether this node can have promised nothing to anybody that it does not remember. */
    boolean allowToBeFounder() {
        return allAnswer() && noneHasLog() && haveSameMembers() && haveSameFoundation();
    }

    /**
     * Whether a founder can begin.
     * <p>
     * Whoever has an older log shows that this group is not new: for example when disks are mounted late. Unless it was founded with
     * what this node still has: a log that was out of sight when this node became a founder would have had its foundation used.
     */
    boolean allowToBegin() {
        boolean areFounders = allAnswer()
                && answers.values().stream().allMatch(member -> member.standing() == Standing.FOUNDER);
        return haveSameFoundation() && (areFounders || !noneHasLog() && (own != null || noneIsMember()));
    }

    /** Whether a cut of the leader may take the place of the store of this node: it loses nothing that its group does not have. */
    boolean allowToTakeCut() {
        return own == null || answers.values().stream()
                .anyMatch(member -> member.standing().hasLog() && own.equals(member.foundation()));
    }

    private boolean allAnswer() {
        return answers.size() == config.members().size() - 1;
    }

    private boolean noneIsMember() {
        return answers.values().stream().noneMatch(member -> member.standing().isOfOldGroup());
    }

    /** Who is configured with others does not begin the same group. */
    boolean haveSameMembers() {
        Set<ClusterConfig.Member> members = Set.copyOf(config.members());
        return answers.values().stream().allMatch(answer -> Set.copyOf(answer.members()).equals(members));
    }

    /** Who is configured with whom, for the operator. */
    String memberships() {
        List<String> all = new ArrayList<>();
        all.add(config.node() + " (this node) with " + CurrentMembers.text(config.members()));
        answers.values().stream().sorted(Comparator.comparing(MemberClient.Member::node))
                .forEach(answer -> all.add(answer.node() + " with " + CurrentMembers.text(answer.members())));
        return String.join(", ", all);
    }

    boolean haveSameFoundation() {
        return answers.values().stream().allMatch(member -> Objects.equals(member.foundation(), own));
    }

    /** Those that have not answered. */
    List<String> silent() {
        return config.members().stream().map(ClusterConfig.Member::id)
                .filter(id -> !id.equals(config.node()) && !answers.containsKey(id)).toList();
    }

    /** Who has what, for the operator. */
    String foundations() {
        List<String> all = new ArrayList<>();
        for (ClusterConfig.Member member : config.members()) {
            MemberClient.Member answer = answers.get(member.id());
            if (member.id().equals(config.node())) {
                all.add(member.id() + " (this node) has " + named(own));
            } else if (answer == null) {
                all.add(member.id() + " does not answer");
            } else {
                all.add(member.id() + (answer.standing().hasLog() ? " has begun with " : " has ")
                        + named(answer.foundation()));
            }
        }
        return String.join(", ", all);
    }

    private static String named(@Nullable Foundation foundation) {
        return foundation == null ? "nothing" : foundation.toString();
    }
}
