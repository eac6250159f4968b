package io.aerie.engine.node;

import io.aerie.base.NodeId;
import io.aerie.engine.client.VolumeClient;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.MemberStore;
import java.util.List;

/**
 * One incarnation of a node's storage. The order of a life: submit JoinNode and wait until it is
 * applied; construct with a copy of RCD's state as of then or later; {@link #start}; open each
 * disk, submit AddDisk or BringDisk, and {@link #addStore}. All calls on the node's one loop.
 */
public final class StorageNode {
  private final RcdState rcd;

  /**
   * Makes a node that does nothing yet.
   *
   * @param incarnation the one that JoinNode gave to this life
   * @param rcd a copy that from now on belongs to this node, in which the incarnation has joined
   */
  public StorageNode(
      Environment environment, NodeId self, long incarnation, RcdState rcd, NodeListener listener) {
    this.rcd = rcd;
  }

  /** Begins: beats, watching, taking over what RCD granted. */
  public void start() {}

  /** Serves a disk of this node; RCD learns of it by the environment, before or after. */
  public void addStore(MemberStore store) {}

  /** A message from another node. */
  public void onMessage(NodeId from, Message message) {}

  /** RCD applied a command; every index once, in order. */
  public void onRcdApplied(long index, List<RcdChange> changes) {}

  /** RCD's replica took over a snapshot: the whole state, a copy that belongs to this node. */
  public void onRcdReplaced(RcdState state) {}

  /** Attaches a client on this node to a volume. NOT_FOUND, FENCED, UNAVAILABLE. */
  public void open(long volume, String client, Completion<VolumeClient> done) {}

  /** What this node sees and did, for lists and metrics. */
  public NodeStatus status() {
    return new NodeStatus(false, 0, 0, 0, 0, 0, List.of());
  }

  /** RCD's state as this node knows it; live, for this loop only. */
  public RcdState rcd() {
    return rcd;
  }

  /**
   * Stops: nothing is sent, scheduled or completed from then on; pending operations fail FENCED.
   */
  public void stop() {}
}
