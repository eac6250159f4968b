package io.aerie.cluster.log;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * This node's replica of a log. Closing it stops the replica and leaves its data and its
 * membership.
 */
public interface ReplicatedLog extends AutoCloseable {
  /**
   * The service property that names a log: {@code config}, {@code rcd}. Whose log it is registers
   * its replica under it, so that administrators can see its {@link #status}.
   */
  String NAME = "log.name";

  /** Bytes of the largest command. */
  int COMMAND_BYTES_MAX = 1 << 20;

  /** Bytes of entries on a node's disk beyond which administrators are warned. */
  long BYTES_EXPECTED_MAX = 128 << 20;

  /** Why no provider takes a command of this size; empty when all do. */
  static Optional<AerieException> refusal(byte[] command) {
    if (command.length == 0) {
      return Optional.of(new AerieException(ErrorCode.INVALID_SIZE, "A command has no byte"));
    }
    if (command.length > COMMAND_BYTES_MAX) {
      return Optional.of(
          new AerieException(
              ErrorCode.TOO_LARGE,
              "A command has " + command.length + " bytes",
              "At most " + COMMAND_BYTES_MAX + " are taken.",
              ""));
    }
    return Optional.empty();
  }

  /**
   * Appends a command. The answer comes when a majority has it on stable storage and it was
   * applied. Fails with {@link io.aerie.base.AerieException} UNAVAILABLE or TIMED_OUT when that did
   * not happen in time: then it may still happen later, or may have happened twice, so commands
   * must be idempotent.
   *
   * @param command 1 byte to {@link #COMMAND_BYTES_MAX}; others are refused, INVALID_SIZE or
   *     TOO_LARGE
   */
  CompletableFuture<byte[]> submit(byte[] command);

  /** Reads after everything that was acknowledged before the call, on any node. */
  CompletableFuture<byte[]> queryLinearizable(byte[] query);

  /** Reads this replica's state as it is, maybe behind. */
  byte[] queryLocal(byte[] query);

  /**
   * The state with everything that was acknowledged before the call, to found another log with it.
   * Commands that are acknowledged later are not in it: whoever moves a log stops its users first.
   */
  CompletableFuture<StateFile> exportState();

  /** What an administrator wants to know of it. It may look at files. */
  LogStatus status();

  /** The role alone, for who asks often. */
  default Role role() {
    return status().role();
  }

  /**
   * Removes a member for good, by any node: a majority of the rest must be up, and of two the other
   * one, too. A member that is up takes part in the decision, the last time; it may be the leader.
   * Its replica then neither votes nor leads, and is empty of news. Opened again it asks to be
   * taken in, which is refused while {@link io.aerie.cluster.identity.ClusterIdentity#leaving} has
   * its node.
   */
  CompletableFuture<Void> removeMember(NodeId member);

  @Override
  void close();

  /**
   * A replica's view.
   *
   * @param provider what carries the log, {@code atomix} or {@code ratis}; empty while it is away
   * @param role this replica's role
   * @param leader the leader it knows
   * @param term the term it is in
   * @param appliedIndex the last index applied here
   * @param committedIndex the last index known as committed
   * @param logBytes what its entries take on this node's disk
   * @param members the members of the log
   */
  record LogStatus(
      String provider,
      Role role,
      Optional<NodeId> leader,
      long term,
      long appliedIndex,
      long committedIndex,
      long logBytes,
      List<NodeId> members) {
    /** Whether so much is kept that dropping what is in the state doesn't keep up. */
    public boolean oversized() {
      return logBytes > BYTES_EXPECTED_MAX;
    }
  }

  /** A replica's role. */
  enum Role {
    LEADER,
    FOLLOWER,
    CANDIDATE,
    JOINING,
    CLOSED
  }
}
