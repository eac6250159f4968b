package io.aerie.cluster.membership;

import io.aerie.base.Subscription;
import io.aerie.cluster.identity.Member;
import java.util.List;
import java.util.function.Consumer;

/** The members as this node sees them. */
public interface Membership {
  /** This node. */
  Member self();

  /** All known members, this one included, by id. Unreachable ones stay listed until they leave. */
  List<MemberView> members();

  /**
   * Calls the listener on every change, one at a time, in order; not for the state at the time of
   * the call.
   */
  Subscription listen(Consumer<MembershipEvent> listener);

  /**
   * A member and whether this node reaches it.
   *
   * @param member the member
   * @param reachable false when it has not answered for the failure detector's time
   */
  record MemberView(Member member, boolean reachable) {}

  /**
   * A change.
   *
   * @param kind what happened
   * @param member to whom
   */
  record MembershipEvent(Kind kind, Member member) {
    /** What can happen to a member. */
    public enum Kind {
      JOINED,
      REACHABLE,
      UNREACHABLE,
      LEFT
    }
  }
}
