package io.aerie.sim.mutation;

import static io.aerie.sim.mutation.Mutation.mutation;

import java.util.List;

/** Bugs of limits. */
final class LimitMutations {
  private static final String BUCKET = "io.aerie.engine.owner.TokenBucketTest";

  private LimitMutations() {}

  static List<Mutation> all() {
    return List.of(
        mutation(
                "limits-not-followed", "a volume's limits hold at once, for its owner's whole life")
            .in("owner/OwnedVolume", "throttle.limit(volume.limits());", "")
            .seenBy("LimitsTest"),
        mutation("what-waits-keeps-the-old-limit", "other limits are for what waits, too")
            .in(
                "owner/Throttle",
                "bytes.rate(bytesPerSecond, context.now()); release();",
                "bytes.rate(bytesPerSecond, context.now());")
            .seenBy("LimitsTest"),
        mutation("small-before-large", "what waits goes in its order")
            .in("owner/Throttle", "(waiting.isEmpty() && waitNanos", "(waitNanos")
            .seenBy("LimitsTest"),
        mutation("held-for-nobody", "what waits ends with its attachment")
            .in(
                "owner/Session",
                "return parts.get(request.number()) == this;",
                "return parts.get(request.number()) != Status.DONE;")
            .seenBy("LimitsTest"),
        mutation("held-operations-time-out", "a limit is never an error")
            .in("client/ClientSession", "part.operation.deadlineNanos = queueDeadlineNanos;", "")
            .seenBy("LimitsTest"),
        mutation("queued-operations-time-out", "a limit is never an error")
            .in("client/ClientSession", "&& now - queueDeadlineNanos >= 0", "")
            .seenBy("LimitsTest"),
        mutation("held-requests-not-told", "who asks again for what waits is told that it waits")
            .in(
                "owner/Session",
                "if (known instanceof Waiting) { answer(number, Status.HELD, NO_DATA); return; }",
                "")
            .seenBy("LimitsTest"),
        mutation("saved-for-ever", "a burst is at most what one second gives")
            .in(
                "owner/TokenBucket",
                "emptyNanos = Math.max(emptyNanos, nowNanos - BURST_NANOS);",
                "")
            .seenBy(BUCKET),
        mutation("owed-is-forgotten", "what is larger than a second's worth is paid for")
            .in(
                "owner/TokenBucket",
                "emptyNanos += nanos(count);",
                "emptyNanos += Math.min(BURST_NANOS, nanos(count));")
            .seenBy(BUCKET));
  }
}
