package io.aerie.ardfs.rcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.cluster.log.StateMachine;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is read and followed never goes back, however often the log is opened. */
class RcdReplicaTest {
  private static final NodeId NODE = new NodeId("n1");

  private final RcdReplica replica = new RcdReplica();
  private final List<String> told = new ArrayList<>();

  private static void join(StateMachine machine, long incarnation) {
    machine.apply(
        10 * incarnation,
        RcdCommands.encode(
            new RcdCommand.JoinNode(NODE, "a:1", incarnation, new UUID(1, incarnation))));
  }

  private long incarnation() {
    return replica.read(state -> state.node(NODE).orElseThrow().incarnation());
  }

  private void follow() {
    replica.follow(
        new RcdReplica.Follower() {
          @Override
          public void applied(long index, List<RcdChange> changes) {
            told.add("applied " + index);
          }

          @Override
          public void replaced(RcdState copy) {
            told.add("replaced by " + copy.index());
          }
        });
  }

  @Test
  void shouldGoOnWhereItWasWhenTheLogTellsItsHistoryAgain() {
    follow();
    StateMachine first = replica.machine();
    join(first, 1);
    join(first, 2);
    StateMachine second = replica.machine();
    join(second, 1);
    assertThat(incarnation()).isEqualTo(2);
    join(second, 2);
    assertThat(told).containsExactly("applied 10", "applied 20");
    join(second, 3);
    assertThat(incarnation()).isEqualTo(3);
    assertThat(told).containsExactly("applied 10", "applied 20", "applied 30");
  }

  @Test
  void shouldTellFollowersOfASnapshotThatLeapsOverWhatTheySaw() throws IOException {
    follow();
    StateMachine first = replica.machine();
    join(first, 1);
    StateMachine elsewhere = new RcdReplica().machine();
    join(elsewhere, 1);
    join(elsewhere, 2);
    ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
    elsewhere.writeSnapshot(new DataOutputStream(snapshot));
    StateMachine second = replica.machine();
    second.readSnapshot(20, new DataInputStream(new ByteArrayInputStream(snapshot.toByteArray())));
    assertThat(incarnation()).isEqualTo(2);
    assertThat(told).containsExactly("applied 10", "replaced by 20");
    join(second, 3);
    assertThat(told).endsWith("applied 30");
  }

  @Test
  void shouldReadNothingOfAnOlderSnapshotUntilItHasCaughtUp() throws IOException {
    StateMachine first = replica.machine();
    join(first, 1);
    ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
    first.writeSnapshot(new DataOutputStream(snapshot));
    join(first, 2);
    follow();
    StateMachine second = replica.machine();
    second.readSnapshot(10, new DataInputStream(new ByteArrayInputStream(snapshot.toByteArray())));
    assertThat(incarnation()).isEqualTo(2);
    join(second, 2);
    assertThat(incarnation()).isEqualTo(2);
    assertThat(told).isEmpty();
  }
}
