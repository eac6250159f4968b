package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.node.Timing;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.NodeState;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdState;
import io.aerie.storage.admin.StorageViews.NodeView;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Takes nodes out of RCD: first told, then forgotten. */
final class NodeDepartures {
  /** A lease, the reports of the voters and a change of leader, with room. */
  private static final long END_SECONDS = 20;

  /**
   * What the node answered other nodes' beats with, before its life ended, holds no lease up any
   * more when its vote goes: a holder whose replica is behind may still count it, and several nodes
   * may go one after the other.
   */
  private static final Executor PROMISES_RUN_OUT =
      CompletableFuture.delayedExecutor(Timing.LEASE_OF_VOTER, TimeUnit.NANOSECONDS);

  private final RcdReplica replica;
  private final RcdClient rcd;
  private final RcdAccess access;

  NodeDepartures(RcdReplica replica, RcdClient rcd, RcdAccess access) {
    this.replica = replica;
    this.rcd = rcd;
    this.access = access;
  }

  CompletableFuture<NodeView> retire(String name, OptionalLong expected, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              NodeRecord node = access.node(name);
              if (!node.leaving()) {
                RcdAccess.requireRevision("Node " + name, node.revision(), expected);
              }
              RcdCommand command = new RcdCommand.RetireNode(node.id(), node.incarnation());
              NodeView tried =
                  access.tried(command, (storage, answer) -> storage.node(node.id()).orElseThrow());
              return dryRun
                  ? CompletableFuture.completedFuture(tried)
                  : access
                      .submitted(command)
                      .thenCompose(told -> ended(node.id()))
                      .thenCompose(ended -> silenced(node, tried));
            });
  }

  /** Another's repetition of the whole may have come to its end meanwhile. */
  private CompletableFuture<Void> ended(NodeId node) {
    return replica
        .await(state -> isOver(state, node))
        .orTimeout(END_SECONDS, TimeUnit.SECONDS)
        .thenRunAsync(() -> {}, PROMISES_RUN_OUT)
        .handle(
            (done, failure) -> {
              if (failure != null) {
                throw new AerieException(
                    ErrorCode.TIMED_OUT,
                    "Storage still runs on node " + node,
                    "The node was told to leave, and has not ended within "
                        + END_SECONDS
                        + " s. It gets nothing new.",
                    "Stop its process, and remove it again.",
                    failure);
              }
              return null;
            });
  }

  /** Its engine answers no beat any more: of two voters one alone would never hold a lease. */
  private CompletableFuture<NodeView> silenced(NodeRecord node, NodeView before) {
    CompletableFuture<?> done =
        access.find(node.id().value()).isEmpty()
            ? CompletableFuture.completedFuture(null)
            : access.submitted(new RcdCommand.EndVote(node.id(), node.incarnation()));
    return done.thenApply(told -> replica.list(storage -> storage.node(node.id())).orElse(before));
  }

  private static boolean isOver(RcdState state, NodeId node) {
    return state
        .node(node)
        .map(record -> record.leaving() && record.state() == NodeState.DOWN)
        .orElse(true);
  }

  CompletableFuture<Void> forget(String name) {
    return rcd.catchUp(replica)
        .thenCompose(
            done ->
                access
                    .find(name)
                    .map(
                        node ->
                            access.submitted(
                                new RcdCommand.ForgetNode(node.id(), node.incarnation())))
                    .orElseGet(() -> CompletableFuture.completedFuture(null)));
  }
}
