package io.aerie.cluster.log;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Logs in memory, for tests of their consumers. All replicas that one provider opened under one
 * name are replicas of one log.
 *
 * <p>Fault model: every command is applied on all open replicas before its answer comes, in the
 * caller's thread. On demand a command's answer is lost after it was applied ({@link
 * #loseAnswers}), or nothing can be submitted ({@link #setAvailable}). A replica that opens late
 * starts from a snapshot of another. There is no loss of data, no lag and no leader change.
 */
public final class MemoryReplicatedLogProvider implements ReplicatedLogProvider {
  private final Map<String, Group> groups = new HashMap<>();
  private int answersToLose;
  private boolean available = true;

  @Override
  public synchronized boolean holds(String name) {
    return groups.containsKey(name);
  }

  @Override
  public synchronized void remove(String name) {
    Group group = groups.get(name);
    if (group != null && !group.replicas.isEmpty()) {
      throw new AerieException(ErrorCode.IN_USE, "the log '" + name + "' is open");
    }
    groups.remove(name);
  }

  /** The answers of the next commands are lost: TIMED_OUT although they were applied. */
  public synchronized void loseAnswers(int count) {
    answersToLose = count;
  }

  /** While false, every submit and linearizable query fails with UNAVAILABLE. */
  public synchronized void setAvailable(boolean available) {
    this.available = available;
  }

  @Override
  public synchronized CompletableFuture<ReplicatedLog> open(LogSpecification specification) {
    Group group = groups.get(specification.name());
    if (group == null) {
      if (!specification.found()) {
        return CompletableFuture.failedFuture(unavailable("no such log to join"));
      }
      group = new Group();
      groups.put(specification.name(), group);
    }
    if (!group.replicas.isEmpty()) {
      group.snapshot = group.replicas.get(0).takeSnapshot();
    }
    if (group.index > 0) {
      restore(specification.stateMachine(), group);
    }
    Replica replica = new Replica(group, specification);
    group.replicas.add(replica);
    return CompletableFuture.completedFuture(replica);
  }

  private static void restore(StateMachine stateMachine, Group group) {
    try {
      stateMachine.readSnapshot(
          group.index, new DataInputStream(new ByteArrayInputStream(group.snapshot)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AerieException unavailable(String why) {
    return new AerieException(ErrorCode.UNAVAILABLE, "the log is unavailable", why, "");
  }

  private static final class Group {
    private final List<Replica> replicas = new ArrayList<>();
    private long index;
    private byte[] snapshot = new byte[0];
  }

  private final class Replica implements ReplicatedLog {
    private final Group group;
    private final StateMachine stateMachine;
    private final List<NodeId> seeds;
    private final String name;
    private boolean closed;

    Replica(Group group, LogSpecification specification) {
      this.group = group;
      this.stateMachine = specification.stateMachine();
      this.seeds = specification.seeds();
      this.name = specification.name();
    }

    @Override
    public CompletableFuture<byte[]> submit(byte[] command) {
      synchronized (MemoryReplicatedLogProvider.this) {
        if (closed || !available) {
          return CompletableFuture.failedFuture(unavailable("switched off by the test"));
        }
        group.index++;
        byte[] answer = null;
        for (Replica replica : group.replicas) {
          byte[] itsAnswer = replica.stateMachine.apply(group.index, command.clone());
          answer = replica == this ? itsAnswer : answer;
        }
        if (answersToLose > 0) {
          answersToLose--;
          return CompletableFuture.failedFuture(
              new AerieException(ErrorCode.TIMED_OUT, "the answer was lost by the test"));
        }
        return CompletableFuture.completedFuture(answer);
      }
    }

    private byte[] takeSnapshot() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try {
        stateMachine.writeSnapshot(new DataOutputStream(bytes));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }

    @Override
    public CompletableFuture<byte[]> queryLinearizable(byte[] query) {
      synchronized (MemoryReplicatedLogProvider.this) {
        if (closed || !available) {
          return CompletableFuture.failedFuture(unavailable("switched off by the test"));
        }
        return CompletableFuture.completedFuture(stateMachine.query(query));
      }
    }

    @Override
    public byte[] queryLocal(byte[] query) {
      synchronized (MemoryReplicatedLogProvider.this) {
        return stateMachine.query(query);
      }
    }

    @Override
    public CompletableFuture<StateFile> exportState() {
      synchronized (MemoryReplicatedLogProvider.this) {
        return CompletableFuture.completedFuture(new StateFile(name, group.index, takeSnapshot()));
      }
    }

    @Override
    public LogStatus status() {
      synchronized (MemoryReplicatedLogProvider.this) {
        Role role = closed ? Role.CLOSED : Role.LEADER;
        return new LogStatus(
            "memory", role, Optional.empty(), 1, group.index, group.index, 0, seeds);
      }
    }

    @Override
    public CompletableFuture<Void> removeMember(NodeId member) {
      return CompletableFuture.failedFuture(
          new UnsupportedOperationException("memory logs have no members"));
    }

    @Override
    public void close() {
      synchronized (MemoryReplicatedLogProvider.this) {
        closed = true;
        if (group.replicas.remove(this) && group.replicas.isEmpty()) {
          group.snapshot = takeSnapshot();
        }
      }
    }
  }
}
