package io.aerie.cluster.membership;

import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.Member;
import java.util.List;
import java.util.Set;
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
   * These were removed from the cluster, all that there are: they are not answered, and as soon as
   * they are not reached, not listed and not looked for any more. A name that is missing in a later
   * call is a new node's.
   */
  void forget(Set<NodeId> removed);

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
