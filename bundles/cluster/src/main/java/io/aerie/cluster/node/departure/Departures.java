package io.aerie.cluster.node.departure;

import io.aerie.base.NodeId;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.pki.Refused;
import io.aerie.config.ConfigStore;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Makes true on this node what ConfigDB says of nodes that are being removed, and that were. */
public final class Departures {
  /** Where nodes are while they are being removed. */
  public static final String LEAVING = LeavingNode.PREFIX;

  private static final String NODES = "cluster/nodes/";

  private final StoredIdentity identity;
  private final Consumer<Set<NodeId>> others;
  private final Consumer<RemovedNode> self;

  /**
   * @param others told at each look which nodes were removed, and not replaced by one of the name
   * @param self told when this node is one that was removed
   */
  public Departures(
      StoredIdentity identity, Consumer<Set<NodeId>> others, Consumer<RemovedNode> self) {
    this.identity = identity;
    this.others = others;
    this.self = self;
  }

  /** Looks at the node's own replica of ConfigDB. */
  public void step(ConfigStore store) throws IOException, GeneralSecurityException {
    List<RemovedNode> all =
        store.listLocal(RemovedNode.PREFIX).stream().map(RemovedNode::of).toList();
    Set<String> keys = new TreeSet<>();
    Set<String> serials = new TreeSet<>();
    Set<NodeId> gone = new TreeSet<>();
    for (RemovedNode removed : all) {
      keys.addAll(removed.keys());
      serials.addAll(removed.serials());
      boolean own = new Refused(removed.keys(), removed.serials()).refuses(identity.certificate());
      if (own) {
        self.accept(removed);
        return;
      }
      gone.add(removed.node());
    }
    store
        .listLocal("cluster/nodes")
        .forEach(record -> gone.remove(new NodeId(record.path().substring(NODES.length()))));
    identity.refuse(new Refused(keys, serials));
    others.accept(gone);
    // last: who is off the list is refused by its keys before its name is free
    identity.takeInNoMore(
        store.listLocal(LeavingNode.PREFIX).stream()
            .map(LeavingNode::nodeOf)
            .collect(Collectors.toSet()));
  }
}
