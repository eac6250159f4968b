package io.aerie.cluster.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.cluster.testing.Await;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Members that join, leave, restart, and lose their data under a {@link Load}: no acknowledged
 * command is lost, none is applied out of order, all replicas agree, and no linearizable read is
 * stale.
 */
public abstract class LogMembershipContract extends LogCluster {
  /** Enough that every replica carried some of them. */
  private static final int STEP_COMMANDS = 10;

  @Test
  void shouldKeepEverythingWhileMembersJoinAndLeave() throws Exception {
    open(N1, true, List.of());
    try (Load load = new Load(this::openReplicas)) {
      join(load, N2, N3);
      join(load, N4, N5);
      leaveLeaderAndAnother(load);
      leaveLeaderAndAnother(load);
      NodeId last = running.firstKey();
      load.finish(get(last));
      get(last).awaitMembers(List.of(last));

      close(last);
      reopen(last);
      load.check(get(last));
      get(last).put("alone", "again");
      assertThat(get(last).read("alone")).isEqualTo("again");
    }
  }

  @Test
  void shouldNeverReadStaleWhileLeadersChange() throws Exception {
    openThree();
    try (Load load = new Load(this::openReplicas)) {
      for (int change = 0; change < 2; change++) {
        load.awaitProgress(STEP_COMMANDS);
        NodeId leader = running.firstEntry().getValue().awaitLeader();
        close(leader);
        load.awaitProgress(STEP_COMMANDS);
        reopen(leader);
      }
      load.finish(get(N2));
      agree("end");
    }
  }

  @Test
  void shouldReplaceAWipedMemberUnderLoadAndForgetItsFormerSelf() throws Exception {
    openThree();
    try (Load load = new Load(this::openReplicas)) {
      load.awaitProgress(STEP_COMMANDS);
      close(N3);
      cluster().setAside(N3);
      reopen(N3);
      load.awaitProgress(STEP_COMMANDS);
      get(N3).awaitMembers(ALL);
      load.finish(get(N3));
      agree("replaced");
      // The former disk comes back: what stands on it was removed and must not count any more.
      close(N3);
      cluster().bringBack(N3);
      reopen(N3);
      get(N1).awaitMembers(ALL);
      get(N3).putEventually("former", "back");
      agree("back");
      // Were two replicas of one node members now, two of three nodes would be no majority.
      close(N2);
      get(N1).putEventually("majority", "two of three");
      load.check(get(N3));
    }
  }

  @Test
  void shouldGoOnAloneWhenTheLeaderOfTwoLeavesWhileItIsUp() throws Exception {
    leaveOfTwo(true);
  }

  @Test
  void shouldGoOnAloneWhenTheFollowerOfTwoLeavesWhileItIsUp() throws Exception {
    leaveOfTwo(false);
  }

  private void leaveOfTwo(boolean leads) throws Exception {
    open(N1, true, List.of());
    open(N2, false, List.of(N1));
    get(N1).awaitMembers(List.of(N1, N2));
    get(N2).awaitMembers(List.of(N1, N2));
    NodeId leaver = leads == get(N1).awaitLeader().equals(N1) ? N1 : N2;
    NodeId stayer = leaver.equals(N1) ? N2 : N1;
    get(leaver).putEventually("before", "1");
    cluster().leaving().add(leaver);
    Await.until(
        leaver + " removed",
        Replica.BOUND,
        () -> Replica.succeeds(() -> get(stayer).remove(leaver)));
    get(stayer).awaitMembers(List.of(stayer));
    get(stayer).putEventually("alone", "1");
    assertThat(get(stayer).read("before")).isEqualTo("1");
    Await.until("it leads itself", Replica.BOUND, () -> get(stayer).awaitLeader().equals(stayer));
    stayOutside(leaver, stayer);
  }

  /** Also when it is started again with its data, until it may join as anybody. */
  private void stayOutside(NodeId leaver, NodeId stayer) throws Exception {
    close(leaver);
    long refused = cluster().leaving().refusals();
    Replica outside = begin(leaver, leaver.equals(N1), List.of(stayer));
    Await.until(
        "it asks again and again",
        Replica.BOUND,
        () -> cluster().leaving().refusals() >= refused + 2);
    get(stayer).put("alone", "2");
    assertThat(get(stayer).log().status().members()).containsExactly(stayer);
    assertThat(outside.isOpen()).isFalse();
    cluster().leaving().clear();
    outside.log();
    get(stayer).awaitMembers(List.of(N1, N2));
    assertThat(outside.read("alone")).isEqualTo("2");
  }

  private void join(Load load, NodeId... joiners) throws Exception {
    for (NodeId joiner : joiners) {
      List<NodeId> seeds = List.copyOf(running.keySet());
      open(joiner, false, seeds);
      load.awaitProgress(STEP_COMMANDS);
    }
    for (Replica replica : running.values()) {
      replica.awaitMembers(List.copyOf(running.keySet()));
    }
    agree("of-" + running.size());
  }

  private void leaveLeaderAndAnother(Load load) throws Exception {
    leave(running.firstEntry().getValue().awaitLeader());
    load.awaitProgress(STEP_COMMANDS);
    leave(running.lastKey());
    load.awaitProgress(STEP_COMMANDS);
    for (Replica replica : running.values()) {
      replica.awaitMembers(List.copyOf(running.keySet()));
    }
    agree("down-to-" + running.size());
  }

  private void leave(NodeId leaver) throws Exception {
    List<NodeId> staying = new ArrayList<>(running.keySet());
    staying.remove(leaver);
    Replica by = get(staying.get(0));
    Await.until(
        leaver + " removed", Replica.BOUND, () -> Replica.succeeds(() -> by.remove(leaver)));
    close(leaver);
  }

  /** Every open replica comes to the same digest of all commands up to one of them. */
  private void agree(String label) throws Exception {
    String register = "digest-" + label;
    running.firstEntry().getValue().putEventually(register, "");
    for (Replica replica : running.values()) {
      Await.until(
          replica.id + " agrees at " + label,
          Replica.BOUND,
          () -> {
            String digest = running.firstEntry().getValue().readLocal(register);
            return !digest.isEmpty() && replica.readLocal(register).equals(digest);
          });
    }
  }
}
