package io.aerie.ardfs.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.StateFile;
import io.aerie.cluster.log.StateMachine;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** The leader's log, and a node's replica that may be behind. */
public final class TestLog implements ReplicatedLog {
  public final RcdReplica leader = new RcdReplica();
  private final StateMachine leaderMachine = leader.machine();
  public final RcdReplica replica = new RcdReplica();
  private final StateMachine machine = replica.machine();
  private final List<byte[]> commands = new ArrayList<>();
  private int delivered;

  /** The replica hears of commands only when they are delivered. */
  public boolean holdsBack;

  public boolean losesNextAnswer;

  /** Nobody answers questions. */
  public boolean silent;

  /** The node that asks dies before its command of this number, counted from now; 0 never. */
  public int failsAtCommand;

  /** What another does right before the next command. */
  public Runnable beforeNext = () -> {};

  /** Nodes n1, n2, ..., each with a disk of pool "default" whose id is UUID(i, 2). */
  public void addNodes(int count, long diskBytes) {
    for (int i = 1; i <= count; i++) {
      NodeId node = new NodeId("n" + i);
      carryOut(new RcdCommand.JoinNode(node, "127.0.0.1:" + i, 1, new UUID(i, 1)));
      carryOut(new RcdCommand.AddDisk(new UUID(i, 2), node, 1, "/d" + i, diskBytes, 1, "default"));
    }
  }

  /** Only the leader has it then. */
  public byte[] carryOut(RcdCommand command) {
    return carryOut(RcdCommands.encode(command));
  }

  private byte[] carryOut(byte[] command) {
    commands.add(command);
    return leaderMachine.apply(commands.size(), command);
  }

  /** The replica catches up. */
  public void deliver() {
    while (delivered < commands.size()) {
      byte[] command = commands.get(delivered++);
      byte[] unused = machine.apply(delivered, command);
    }
  }

  @Override
  public CompletableFuture<byte[]> submit(byte[] command) {
    if (failsAtCommand > 0 && --failsAtCommand == 0) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.FENCED, "this node's life is over"));
    }
    Runnable before = beforeNext;
    beforeNext = () -> {};
    before.run();
    byte[] answer = carryOut(command);
    if (!holdsBack) {
      deliver();
    }
    if (losesNextAnswer) {
      losesNextAnswer = false;
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.TIMED_OUT, "the leader died"));
    }
    return CompletableFuture.completedFuture(answer);
  }

  @Override
  public CompletableFuture<byte[]> queryLinearizable(byte[] query) {
    return silent
        ? CompletableFuture.failedFuture(new AerieException(ErrorCode.TIMED_OUT, "no leader"))
        : CompletableFuture.completedFuture(leaderMachine.query(query));
  }

  @Override
  public byte[] queryLocal(byte[] query) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<StateFile> exportState() {
    throw new UnsupportedOperationException();
  }

  @Override
  public LogStatus status() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Void> removeMember(NodeId member) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }

  /** How many commands it has. */
  public int size() {
    return commands.size();
  }

  /** The replica leaps. */
  public void sendSnapshot() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    leaderMachine.writeSnapshot(new DataOutputStream(bytes));
    machine.readSnapshot(
        commands.size(), new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
  }
}
