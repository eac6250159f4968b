package io.aerie.ardfs.component;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** What this node's disks use; a service within this bundle. */
@FunctionalInterface
interface OwnUsage {
  /** Used bytes by disk. */
  CompletableFuture<Map<UUID, Long>> usedBytes();
}
