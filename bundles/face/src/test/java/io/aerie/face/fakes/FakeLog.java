package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.StateFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A log of which only the members and the role matter. */
public final class FakeLog implements ReplicatedLog {
  private static final NodeId LEADER = new NodeId("n2");

  public final List<NodeId> members = new ArrayList<>();
  public Role role = Role.FOLLOWER;

  /** Whether n2 leads on when it is removed; else another one does. */
  public boolean keepsLeader;

  /** Whether nobody is known to lead. */
  public boolean leaderless;

  /** Told of each removal, which it may refuse. */
  public Consumer<NodeId> removals = member -> {};

  /** What it is on. */
  public String provider = "hand";

  /** What its entries take. */
  public long bytes;

  /** So many removals of members fail, then they succeed. */
  public int refusals;

  /** A log with these members. */
  public FakeLog(String... members) {
    for (String member : members) {
      this.members.add(new NodeId(member));
    }
  }

  @Override
  public CompletableFuture<byte[]> submit(byte[] command) {
    throw new UnsupportedOperationException("no commands here");
  }

  @Override
  public CompletableFuture<byte[]> queryLinearizable(byte[] query) {
    throw new UnsupportedOperationException("no queries here");
  }

  @Override
  public byte[] queryLocal(byte[] query) {
    throw new UnsupportedOperationException("no queries here");
  }

  @Override
  public CompletableFuture<StateFile> exportState() {
    throw new UnsupportedOperationException("no state here");
  }

  @Override
  public LogStatus status() {
    NodeId leader = keepsLeader || members.contains(LEADER) ? LEADER : members.get(0);
    Optional<NodeId> known = leaderless ? Optional.empty() : Optional.of(leader);
    return new LogStatus(provider, role, known, 1, 1, 1, bytes, List.copyOf(members));
  }

  @Override
  public CompletableFuture<Void> removeMember(NodeId member) {
    if (refusals-- > 0) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.UNAVAILABLE, "another change is under way"));
    }
    try {
      removals.accept(member);
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
    members.remove(member);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {}
}
