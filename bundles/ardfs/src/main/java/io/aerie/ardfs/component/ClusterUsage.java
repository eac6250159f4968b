package io.aerie.ardfs.component;

import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeStatus.Quarantined;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What all disks have, as last told by their nodes; a service within this bundle. */
interface ClusterUsage {
  /** Used bytes by disk. */
  Map<UUID, Long> usedBytes();

  /** What is held of volumes that are not known, by node. */
  Map<NodeId, List<Quarantined>> quarantined();
}
