package io.aerie.sim.mutation;

import static io.aerie.sim.mutation.Mutation.mutation;

import java.util.List;

/** Bugs of going on with a stale copy. */
final class RecoveryMutations {
  private static final String RULES = "io.aerie.engine.rcd.RecoveryRulesTest";

  private RecoveryMutations() {}

  static List<Mutation> all() {
    return List.of(
        mutation("accepted-though-others-may-return", "who is complete must be given up first")
            .in("rcd/RecoveryRules", "if (!complete.isEmpty()) {", "if (complete.size() > 9) {")
            .seenBy(RULES),
        mutation("accepted-as-it-was-before", "what was seen is what is taken")
            .in(
                "rcd/RecoveryRules",
                "if (group.epoch() != copy.epoch()) {",
                "if (group.epoch() < copy.epoch()) {")
            .seenBy(RULES),
        mutation(
                "accepted-without-a-settle", "under a new epoch: what was lost has no number in it")
            .in("rcd/RecoveryRules", "nodes.settleAnew(index, taken);", "")
            .seenBy(RULES),
        mutation("lost-ones-stay-eligible", "who was complete is never believed again")
            .in(
                "rcd/GroupRules",
                "draft.inSync.add(disk); draft.leaveBehind();",
                "draft.inSync.add(disk);")
            .seenBy(RULES),
        mutation("lone-copy-gets-no-successor", "others are made of the copy that was taken")
            .in("rcd/Replacements", "&& group.settles()", "&& !group.frozen()")
            .seenBy(RULES),
        mutation("filled-counts-though-lost", "a volume that is being filled begins anew")
            .in("rcd/Conversion", "return new Conversion(wish, successor, 0);", "return this;")
            .seenBy(RULES),
        mutation("rebuilt-in-part-counts-as-of-one-time", "nobody is told an age that is wrong")
            .in(
                "rcd/GroupRules",
                "(draft.rebuilding.remove(disk)) { draft.stale.put(disk, GroupRecord.SINCE_UNKNOWN)",
                "(draft.rebuilding.remove(disk)) { draft.stale.put(disk, draft.nextEpoch())")
            .seenBy(RULES),
        mutation("owner-builds-on-what-was-lost", "the owner begins anew")
            .in("owner/Owner", "if (volume.rolledBack(group)) {", "if (volume.stopped()) {")
            .seenBy("AcceptedCopiesTest"),
        mutation("given-up-below-while-a-copy-is-stale", "what a stale copy has stays to be found")
            .in(
                "owner/OwnedVolume",
                "return map != null || streams",
                "return map == null || streams")
            .seenBy("AcceptedCopiesTest"),
        mutation("removed-below-before-it-is-above", "a copy in the making has each unit somewhere")
            .in("owner/Returner", ".reversed().thenComparingInt", ".thenComparingInt")
            .seenBy("AcceptedCopiesTest"));
  }
}
