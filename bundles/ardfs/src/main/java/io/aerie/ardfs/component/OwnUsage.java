package io.aerie.ardfs.component;

import io.aerie.ardfs.host.DiskReport;
import java.util.concurrent.CompletableFuture;

/** What this node's disks have; a service within this bundle. */
@FunctionalInterface
interface OwnUsage {
  /** As of now. */
  CompletableFuture<DiskReport> report();
}
