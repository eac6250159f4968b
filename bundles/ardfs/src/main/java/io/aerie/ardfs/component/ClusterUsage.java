package io.aerie.ardfs.component;

import java.util.Map;
import java.util.UUID;

/** What all disks use, as last told by their nodes; a service within this bundle. */
@FunctionalInterface
interface ClusterUsage {
  /** Used bytes by disk. */
  Map<UUID, Long> usedBytes();
}
